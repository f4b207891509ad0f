import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectionWords, connectServer, parseConnection, Secret, scramVerifier } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { formatCredentials } from '../src/credentials/credential-formats.ts'
import { findCredentials } from '../src/credentials/find-credentials.ts'
import { generateSecret } from '../src/credentials/generate-key.ts'
import { generatePassword } from '../src/credentials/generate-password.ts'
import { LocalStore } from '../src/credentials/local-store.ts'
import { passwordProblems, productionPolicy } from '../src/credentials/password-policy.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

describe('T01 generated passwords', () => {
  it('pass the production policy, all ten thousand, and survive URL, DSN, password file and shell', () => {
    for (let count = 0; count < 10_000; count++) {
      const password = generatePassword()
      const problems = passwordProblems(password, productionPolicy)
      expect(problems, password.reveal()).toEqual([])
      if (count % 100 !== 0) continue
      const credentials = { host: 'h', port: 1, database: 'd', user: 'u', password, sources: {} as never }
      const value = password.reveal()
      expect(connectionWords(formatCredentials(credentials, 'url', true)).password).toBe(value)
      expect(connectionWords(formatCredentials(credentials, 'dsn', true)).password).toBe(value)
      if (count % 1000 === 0)
        expect(
          execFileSync('/bin/sh', ['-c', `${formatCredentials(credentials, 'env', true)}; printf %s "$PGPASSWORD"`], {
            encoding: 'utf8',
          }),
        ).toBe(value)
    }
  })

  it('log in to the server, also odd ones, in every form', async () => {
    const cluster = await clusterOfTest({ hba: ['local all all trust', 'host all all all scram-sha-256'] })
    for (const value of [generatePassword().reveal(), `it's "odd" \\ : @ / ? # % é 日本 $HOME \`x\``]) {
      cluster.sql(`drop role if exists app; create role app login password '${scramVerifier(new Secret(value))}'`)
      const credentials = {
        host: '127.0.0.1',
        port: cluster.port,
        database: 'postgres',
        user: 'app',
        password: new Secret(value),
        sources: {} as never,
      }
      for (const form of ['url', 'dsn'] as const)
        await (await connectServer(parseConnection(formatCredentials(credentials, form, true)))).end()
      const shell = `${formatCredentials(credentials, 'env', true)}; exec psql -X -At -c 'select current_user'`
      expect(
        execFileSync('/bin/sh', ['-c', shell], {
          encoding: 'utf8',
          env: { PATH: `${cluster.binaries}:${process.env.PATH}` },
        }).trim(),
      ).toBe('app')
      const passfile = join(scratchFolder(), 'pass')
      writeFileSync(passfile, formatCredentials(credentials, 'passfile', true), { mode: 0o600 })
      const { run, remove } = newCommandLine({ PGPASSFILE: passfile })
      expect((await run('conn', 'test', '--url', cluster.url('postgres', 'app'))).stdout).toContain(
        'the connection works',
      )
      remove()
      expect(formatCredentials(credentials, 'url', false)).toBe(
        `postgresql://app:***@127.0.0.1:${cluster.port}/postgres`,
      )
    }
    await cluster.stop()
  })
})

describe('T01 other secrets', () => {
  it('are keys of 256 bits, or words that can be spoken, which the policy accepts, and never twice the same', async () => {
    const folder = scratchFolder()
    const { run, remove } = newCommandLine()
    const generate = async (kind: string, name: string) => {
      const path = join(folder, name)
      expect((await run('cred', 'generate', '--kind', kind, '--to-file', path)).exitCode).toBe(0)
      return readFileSync(path, 'utf8').trim()
    }
    expect(await generate('hex', 'a')).toMatch(/^[0-9a-f]{64}$/)
    expect(Buffer.from(await generate('base64url', 'b'), 'base64url')).toHaveLength(32)
    const phrases = Array.from({ length: 1000 }, () => generateSecret('passphrase').secret)
    expect(phrases.flatMap((phrase) => passwordProblems(phrase, productionPolicy))).toEqual([])
    expect(new Set(phrases.map((phrase) => phrase.reveal())).size).toBe(1000)
    expect(await generate('passphrase', 'c')).toMatch(/^([A-Z][a-z]{5}-){6}\d\d$/)
    remove()
  })
})

describe('T02 where a login comes from', () => {
  const complete = { PG_HOST: 'h', PG_DATABASE: 'd', PG_USER: 'u', PG_PASSWORD: 'p' }
  const find = (variables: Record<string, string>, more = {}) =>
    findCredentials({ variables, environment: 'development', mountedFolder: '/nonexistent', ...more })
  it('is told for each field, and two sources that disagree are an error that names both', () => {
    expect(find(complete).sources).toMatchObject({ host: 'PG_HOST', port: 'default', password: 'PG_PASSWORD' })
    expect(() => find({ ...complete, DATABASE_URL: 'postgresql://u:p@other/d' })).toThrow(
      expect.objectContaining({ code: 'SECRET_CONFLICT', message: 'PG_HOST and DATABASE_URL disagree about the host' }),
    )
    expect(find({ ...complete, DATABASE_URL: 'postgresql://u:p@other/d' }, { prefer: 'DATABASE_URL' }).host).toBe(
      'other',
    )
    expect(() => find({ PG_HOST: 'h' })).toThrow(
      expect.objectContaining({ code: 'SECRET_MISSING', message: 'no source has database, user, password' }),
    )
    expect(() => find({ ...complete, PG_PASSWORD: '' })).toThrow(expect.objectContaining({ code: 'SECRET_MISSING' }))
  })

  it('reads files as they are mounted: one line end goes, CRLF warns, the rest is refused', () => {
    const folder = scratchFolder()
    const file = (content: string | Buffer, mode = 0o600) => {
      const path = join(folder, 'secret')
      writeFileSync(path, content)
      chmodSync(path, mode)
      return path
    }
    const { PG_PASSWORD: _, ...rest } = complete
    const read = (path: string, more = {}) => find({ ...rest, PG_PASSWORD_FILE: path }, more).password.reveal()
    const warnings: string[] = []
    expect(read(file('value\n'))).toBe('value')
    expect(read(file('value\r\n'), { onWarning: (text: string) => warnings.push(text) })).toBe('value')
    expect(warnings.join()).toContain('Windows')
    for (const [content, code] of [
      ['', 'SECRET_INVALID'],
      ['\n', 'SECRET_INVALID'],
      ['a\nb\n', 'SECRET_INVALID'],
      [Buffer.from([0xff, 0xfe]), 'SECRET_INVALID'],
    ] as const)
      expect(() => read(file(content))).toThrow(expect.objectContaining({ code }))
    expect(() => read('/nonexistent/secret')).toThrow(
      expect.objectContaining({ code: 'SECRET_MISSING', message: expect.stringContaining('/nonexistent/secret') }),
    )
    expect(() => read(file('value', 0o644), { environment: 'production' })).toThrow(
      expect.objectContaining({ code: 'SECRET_INVALID' }),
    )
  })
})

describe('T06 a configuration with a variable that is not set', () => {
  it('ends with 2 and never connects with an empty password', async () => {
    const { run, stateFolder, remove } = newCommandLine({ EMPTY: '' })
    const config = join(stateFolder, 'c.yaml')
    for (const name of ['UNSET', 'EMPTY']) {
      writeFileSync(config, `targets:\n  main: {url: "postgresql://u:\${${name}}@127.0.0.1:1/d"}\n`)
      expect(await run('conn', 'test', '--config', config, '--target', 'main')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`variable ${name} is not set or empty`),
      })
    }
    writeFileSync(config, 'tragets: {}\n')
    expect(await run('conn', 'test', '--config', config, '--url', 'postgresql://u@h/d')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('key "tragets" is unknown'),
    })
    writeFileSync(join(stateFolder, 'e.env'), 'PG_HOST=h # comment\n')
    expect(await run('cred', 'get', '--dotenv', join(stateFolder, 'e.env'))).toMatchObject({ exitCode: 2 })
    expect(
      await run('cred', 'get', '--dotenv', join(stateFolder, 'e.env'), '--environment', 'production'),
    ).toMatchObject({ exitCode: 7 })
    remove()
  })
})

describe('T05 the local store', () => {
  const key = new Secret('master-key-of-the-test-0001')
  it('keeps versions, refuses a wrong key, a flipped byte and a cut file, and overwrites none of them', async () => {
    const path = join(scratchFolder(), 'store')
    const store = new LocalStore(path, key)
    store.create()
    await store.write('a', new Secret('first'))
    await store.write('a', new Secret('second'))
    expect((await store.read('a')).value.reveal()).toBe('second')
    expect((await store.read('a', '1')).value.reveal()).toBe('first')
    const whole = readFileSync(path)
    await expect(new LocalStore(path, new Secret('another-master-key-0002')).read('a')).rejects.toMatchObject({
      code: 'INTEGRITY',
    })
    await expect(new LocalStore(path, new Secret('short')).read('a')).rejects.toThrow()
    for (const damaged of [
      Buffer.from(
        whole.toString('utf8').replace(/"sealed":"(.)/, (_, first) => `"sealed":"${first === 'A' ? 'B' : 'A'}`),
      ),
      whole.subarray(0, -20),
    ]) {
      writeFileSync(path, damaged)
      await expect(store.write('a', new Secret('third'))).rejects.toMatchObject({ code: 'INTEGRITY' })
      expect(readFileSync(path).equals(damaged)).toBe(true)
    }
    writeFileSync(path, whole)
    await store.rotateMasterKey(new Secret('next-master-key-00000003'))
    expect((await new LocalStore(path, new Secret('next-master-key-00000003')).read('a')).version).toBe('2')
    await expect(store.read('a')).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('loses nothing to writers at the same time, or to one that is killed', async () => {
    const path = join(scratchFolder(), 'store')
    new LocalStore(path, key).create()
    await Promise.all(
      Array.from({ length: 10 }, (_, count) =>
        new LocalStore(path, key).write(`s${count}`, new Secret(`value-${count}`)),
      ),
    )
    expect(new LocalStore(path, key).list()).toHaveLength(10)
    const script = join(import.meta.dirname, '../src/credentials/local-store.ts')
    for (let count = 0; count < 5; count++) {
      const code = `const { LocalStore } = await import(${JSON.stringify(script)}); const { Secret } = await import(${JSON.stringify(join(import.meta.dirname, '../src/secret.ts'))}); const s = new LocalStore(${JSON.stringify(path)}, new Secret('master-key-of-the-test-0001')); for (;;) await s.write('k', new Secret('x'.repeat(50)))`
      const child = spawn(process.execPath, ['--conditions=development', '--input-type=module', '-e', code], {
        stdio: 'ignore',
      })
      // it writes by now, and is killed somewhere within a write
      const before = readFileSync(path)
      await expect.poll(() => readFileSync(path).equals(before), { interval: 10 + count }).toBe(false)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const store = new LocalStore(path, key)
      expect(store.list().length).toBeGreaterThanOrEqual(10)
      expect((await store.read('s3')).value.reveal()).toBe('value-3')
    }
  })
})
