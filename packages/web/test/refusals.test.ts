import { describe, expect, it } from 'vitest'
import { fieldRefusalCodes, refusalCodes } from '../../server/src/http/refusal-codes.ts'
import { Refused } from '../src/app/api.ts'
import { fieldRefusalText, refusalText } from '../src/app/refusal-text.ts'
import { refusalWords } from '../src/app/words/refusals.ts'

const SERVICE = 'in the words of the service'
const refused = (error_type: string) => new Refused(400, { detail: SERVICE, error_type, most_mb: 500 }, () => null)

describe.each(['en', 'fr'] as const)('refusals of the service in %s', (language) => {
  it.each(refusalCodes)('say %s in a sentence of the page', (code) => {
    const text = refusalText(refused(code), language)
    expect(text).not.toBe(SERVICE)
    expect(text).toMatch(/^\p{Lu}.*\.$/u)
  })

  it.each(fieldRefusalCodes)('say %s of a field in a sentence of the page', (type) => {
    expect(fieldRefusalText({ type, said: SERVICE }, language)).not.toBe(SERVICE)
  })

  it('have no sentence for what the service does not say', () => {
    const known = [...refusalCodes.map((code) => `codes.${code}`), ...fieldRefusalCodes.map((code) => `fields.${code}`)]
    expect(Object.keys(refusalWords.messages[language]).toSorted()).toEqual(known.toSorted())
  })

  it('that are not known are said in the words of the service', () => {
    expect(refusalText(refused('added_tomorrow'), language)).toBe(SERVICE)
    expect(fieldRefusalText({ type: 'added_tomorrow', said: SERVICE }, language)).toBe(SERVICE)
  })

  it('are not what is said when nothing answers', () => {
    expect(refusalText(new TypeError('network'), language)).toMatch(/reached|joindre|joint|joignable/)
  })
})
