import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Language } from '../src/language/translations.ts'

const source = join(import.meta.dirname, '../src')
/** Every file that holds messages exports what `translations` made of them. */
const files = [...globSync('app/words/*.ts', { cwd: source }), 'private/words.ts'].filter(
  (name) => !/\/(?:en|fr)\.ts$/.test(name),
)
interface Part {
  readonly messages: Readonly<Record<Language, Readonly<Record<string, string>>>>
}
const parts = await Promise.all(
  files.map(async (name) => {
    const module: Record<string, Part> = await import(join(source, name))
    return [name, Object.values(module).find((one) => 'messages' in one) as Part] as const
  }),
)
const code = globSync('**/*.{ts,tsx}', { cwd: source })
  .filter((name) => !name.includes('words/'))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n')

/** What a message asks for: names of values, each with its format. */
function valuesOf(message: string): string[] {
  return [...message.matchAll(/\{\s*(\w+)\s*(?=[,}])/g)].map(([, name]) => name ?? '').toSorted()
}

describe.each(parts)('the words of %s', (_, { messages }) => {
  it('are the same keys, and ask for the same values, in every language', () => {
    expect(Object.keys(messages.fr).toSorted()).toEqual(Object.keys(messages.en).toSorted())
    for (const [key, message] of Object.entries(messages.en)) {
      expect([...new Set(valuesOf(messages.fr[key] ?? ''))], key).toEqual([...new Set(valuesOf(message))])
    }
  })

  it.each(['en', 'fr'] as const)(
    'can be said in %s: no brace is open, no plural without its rest',
    async (language) => {
      const { createIntl } = await import('@formatjs/intl')
      const troubles: unknown[] = []
      const intl = createIntl({
        locale: language,
        messages: { ...messages[language] },
        onError: (it) => troubles.push(it),
      })
      for (const [id, message] of Object.entries(messages[language])) {
        for (const count of [0, 1, 2, 1234]) {
          const values = Object.fromEntries(valuesOf(message).map((name) => [name, count]))
          expect(intl.formatMessage({ id }, values), id).not.toMatch(/[{}]/)
        }
      }
      expect(troubles).toEqual([])
    },
  )

  it('are all said somewhere', () => {
    const unsaid = Object.keys(messages.en).filter((key) => {
      const family = key.includes('.') ? `\`${key.split('.')[0]}.\${` : null
      return !code.includes(`'${key}'`) && (family === null || !code.includes(family))
    })
    expect(unsaid).toEqual([])
  })
})
