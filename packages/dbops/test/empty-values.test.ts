import { describe, expect, it } from 'vitest'
import { applyOptions, commonOptions, readArguments } from '../src/command/program.ts'
import { commands } from '../src/commands/index.ts'
import { DbopsError } from '../src/errors.ts'
import { newCommandLine } from './support/command.ts'

/** Every option that takes a value, with the words of its command before it. */
const withValue = commands.flatMap((command) => {
  const words = (command.arguments ?? []).filter(({ isOptional = false }) => !isOptional).map(() => 'word')
  const all = [...command.options, ...(command.changes === 'nothing' ? [] : applyOptions), ...commonOptions]
  return all
    .filter(({ flags }) => flags.includes('<'))
    .map(({ flags }) => ({ words: [...command.name.split(' '), ...words], flag: flags.split(' ')[0] }))
})

describe('T105 an empty value of an option', () => {
  it('is a usage error that names the option, whatever the command', () => {
    expect(withValue.length).toBeGreaterThan(500)
    const wrong = withValue.filter(({ words, flag }) => {
      try {
        readArguments(commands, [...words, flag, ''], '0', () => {})
        return true
      } catch (error) {
        return !(error instanceof DbopsError) || error.code !== 'USAGE' || error.message !== `${flag} is empty`
      }
    })
    expect(wrong).toEqual([])
  })

  it.each([
    [['conf', 'generate', '--cpus', ''], '--cpus is empty'],
    [['lint', 'compose', 'x', '--url', ''], '--url is empty'],
    [['roles', 'plan', '--file', 'x', '--url', ''], '--url is empty'],
    [['backup', 'create', '--to', 'x', '--table', 'a', '--table', ''], '--table is empty'],
  ])('ends the command before anything is tried in its place: %j', async (words, message) => {
    const { run, remove } = newCommandLine({ DATABASE_URL: 'postgresql://u@127.0.0.1:1/d' })
    expect(await run(...words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) })
    remove()
  })
})
