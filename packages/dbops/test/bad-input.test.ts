import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { fileError } from '../src/file-errors.ts'
import { newCommandLine } from './support/command.ts'

const { run, stateFolder, remove } = newCommandLine({ DBOPS_MASTER_KEY: 'a-master-key-of-tests-1' })
afterAll(remove)

const hostile = '\'; drop table x; --\n"é'
const place = (name: string) => join(stateFolder, name)
beforeAll(() => {
  mkdirSync(place('folder'))
  writeFileSync(place('empty'), '', { mode: 0o600 })
  writeFileSync(place('binary'), Buffer.from([0, 255, 254, 10]), { mode: 0o600 })
  writeFileSync(place('broken'), '{"a": [', { mode: 0o600 })
})

/** Options that name a file or folder to read, of the commands of this package that need no server to refuse it. */
const readers: readonly (readonly string[])[] = [
  ['cred', 'get', '--dotenv'],
  ['cred', 'list', '--dotenv'],
  ['cred', 'check', '--from-file'],
  ['cred', 'get', '--key-vault', 'https://127.0.0.1:1', '--ca'],
  ['secrets', 'list', '--store'],
  ['secrets', 'versions', 'x', '--store'],
  ['secrets', 'put', 'x', '--store', 'no-store', '--from-file'],
  ['roles', 'matrix', '--file'],
  ['roles', 'plan', '--url', 'postgresql://u@127.0.0.1:1/d', '--file'],
  ['db', 'init', '--url', 'postgresql://u@127.0.0.1:1/d', '--passwords', 'p', '--file'],
  ['conn', 'test', '--url', 'postgresql://u@127.0.0.1:1/d', '--profile'],
  ['tls', 'crl', '--ca'],
  ['hba', 'lint'],
  ['hba', 'explain', '--user', 'u', '--database', 'd'],
  ['env', 'check'],
  ['env', 'render'],
  ['lint', 'compose'],
  ['lint', 'kubernetes'],
  ['lint', 'dockerfile'],
  ['lint', 'queries'],
  ['guard', 'know', '--from-file'],
  ['doctor', '--config'],
]

describe('T105 bad input', () => {
  it.each(['absent', 'folder', 'empty', 'binary', 'broken'])('a file that is %s is no fault of ours', async (name) => {
    for (const words of readers) {
      const { exitCode, stderr, stdout } = await run(...words, place(name))
      expect([words.join(' '), exitCode], stderr).not.toEqual([words.join(' '), 70])
      expect(stderr + stdout, words.join(' ')).not.toMatch(/\n {4}at /)
    }
  })

  it('an argument is never taken for more than a word', async () => {
    for (const word of [hostile, '', '__proto__', 'toString', '-1', '9'.repeat(40)])
      for (const { name, arguments: names = [] } of commands.filter((one) => (one.arguments ?? []).length > 0)) {
        if (name === 'run') continue
        const args = names.map(() => word)
        const { exitCode, stderr } = await run(
          ...name.split(' '),
          '--url',
          'postgresql://u@127.0.0.1:1/d',
          '--',
          ...args,
        )
        expect([name, word, exitCode === 70], stderr).toEqual([name, word, false])
      }
  })

  it('numbers are whole and within their bounds', async () => {
    // the others go on until they are stopped, or are tried elsewhere
    const ending = commands.filter(({ name }) => !/^(monitor watch|schedule|rotate|backup)/.test(name))
    const numbers = ending.flatMap(({ name, options }) =>
      options
        .filter(({ flags }) => /<(count|seconds|minutes|days|mb|number)>$/.test(flags) && !/--(pid|serial)/.test(flags))
        .map(({ flags }) => [name, flags.split(' ')[0]] as const),
    )
    expect(numbers.length).toBeGreaterThan(10)
    for (const word of ['-1', '1.5', 'many', '', '9'.repeat(40), 'NaN', '0x10'])
      for (const [name, flag] of numbers) {
        const { exitCode, stderr } = await run(...name.split(' '), flag, word, '--url', 'postgresql://u@127.0.0.1:1/d')
        expect([name, flag, word, exitCode === 70], stderr).toEqual([name, flag, word, false])
      }
  })

  it.each([
    ['postgresql://[::1', 2],
    ['postgresql://u@h:99999/d', 2],
    ['postgresql://u@h/d?nonsense=1', 2],
    ['postgresql://%ff@h/d', 2],
    ['', 2],
    ['env:', 2],
    ['postgresql://u@127.0.0.1:1/d%00x', 2],
    [`postgresql://u@127.0.0.1:1/${encodeURIComponent(hostile)}?sslmode=disable`, 3],
  ])('the URL %j ends with %s', async (url, exitCode) => {
    expect((await run('conn', 'test', '--url', url)).exitCode).toBe(exitCode)
  })

  it('a full disk is told as one, and leaves no half of a file', () => {
    const full = openSync('/dev/full', 'w')
    let thrown: unknown = null
    try {
      writeFileSync(full, 'x')
    } catch (error) {
      thrown = error
    }
    closeSync(full)
    expect(fileError(thrown)).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('the disk is full') })
    expect(fileError(Object.assign(new Error(), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeNull()
  })
})
