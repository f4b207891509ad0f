import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { connectionWords, connectServer, parseConnection, Secret, scramVerifier } from '@pcap-analyzer/dbops'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AzureKeyVault } from '../src/credentials/azure-key-vault.ts'
import { formatCredentials } from '../src/credentials/credential-formats.ts'
import { findCredentials } from '../src/credentials/find-credentials.ts'
import { generatePassword } from '../src/credentials/generate-password.ts'
import { HashicorpVault } from '../src/credentials/hashicorp-vault.ts'
import { LocalStore } from '../src/credentials/local-store.ts'
import { passwordProblems, productionPolicy } from '../src/credentials/password-policy.ts'
import { issueCertificate } from '../src/tls/certificates.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const CANARY = 'canary-Kq7.vault_Value-93'

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

describe('T03 vaults, played by a local server with the answers they document', () => {
  let ca: string
  let base: string
  let answer: RequestListener
  let asked: string[] = []
  let close: () => void
  beforeAll(async () => {
    const authority = await issueCertificate({
      name: 'ca',
      hosts: [],
      purpose: 'authority',
      notBefore: new Date(Date.now() - 1e6),
      notAfter: new Date(Date.now() + 1e9),
      issuer: null,
    })
    const pair = await issueCertificate({
      name: 'localhost',
      hosts: ['localhost'],
      purpose: 'server',
      notBefore: new Date(Date.now() - 1e6),
      notAfter: new Date(Date.now() + 1e9),
      issuer: authority,
    })
    ca = authority.certificatePem
    const server = createServer({ cert: pair.certificatePem, key: pair.keyPem.reveal() }, (request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.setHeader('content-type', 'application/json')
      if (request.url?.includes('/oauth2/'))
        response.end(JSON.stringify({ access_token: 'token-canary-1', expires_in: 3600 }))
      else answer(request, response)
    }).listen(0, 'localhost')
    await once(server, 'listening')
    base = `https://localhost:${(server.address() as { port: number }).port}`
    close = () => server.close()
  })
  afterAll(() => close())
  const vault = (variables = {}, timeoutMs = 60_000) =>
    new AzureKeyVault({
      vaultUrl: base,
      ca,
      timeoutMs,
      variables: { AZURE_POD_IDENTITY_AUTHORITY_HOST: base, ...variables },
    })
  const says =
    (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
    (_, response) => {
      response.writeHead(status, headers)
      response.end(JSON.stringify(body))
    }

  it('give the value with its version, with tokens of every kind of identity', async () => {
    answer = says(200, { value: CANARY, id: `${base}/secrets/db-password/v1` })
    const tokenFile = join(scratchFolder(), 'token')
    writeFileSync(tokenFile, 'federated')
    for (const variables of [
      {},
      { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_FEDERATED_TOKEN_FILE: tokenFile, AZURE_AUTHORITY_HOST: base },
      { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 's3cret-x', AZURE_AUTHORITY_HOST: base },
      { IDENTITY_ENDPOINT: `${base}/oauth2/`, IDENTITY_HEADER: 'h' },
    ]) {
      const found = await vault(variables).read('db-password')
      expect([found.value.reveal(), found.version]).toEqual([CANARY, 'v1'])
    }
    asked = []
    await vault().read('db-password', 'v0')
    expect(asked.at(-1)).toBe('GET /secrets/db-password/v0?api-version=7.4')
  })

  it.each([
    [401, { error: { code: 'Unauthorized' } }, 'SECRET_FORBIDDEN'],
    [403, { error: { code: 'Forbidden', innererror: { code: 'AccessDenied' } } }, 'SECRET_FORBIDDEN'],
    [403, { error: { code: 'Forbidden', innererror: { code: 'SecretDisabled' } } }, 'SECRET_DISABLED'],
    [404, { error: { code: 'SecretNotFound' } }, 'SECRET_MISSING'],
    [404, { error: { code: 'ObjectIsDeletedButRecoverable' } }, 'SECRET_MISSING'],
    [400, { error: { code: 'BadParameter' } }, 'USAGE'],
  ])('say %s %j as %s', async (status, body, code) => {
    answer = says(status, body)
    await expect(vault().read('db-password')).rejects.toMatchObject({ code })
  })

  it('are asked again after 429 and 5xx, and given up when they are slow', async () => {
    let count = 0
    answer = (request, response) =>
      (++count < 3 ? says(count === 1 ? 429 : 503, {}, { 'retry-after': '0' }) : says(200, { value: 'v', id: 'x/v2' }))(
        request,
        response,
      )
    expect((await vault().read('db-password')).version).toBe('v2')
    answer = () => {}
    await expect(vault({}, 300).read('db-password')).rejects.toMatchObject({ code: 'TIMED_OUT' })
  })

  it('speak for HashiCorp too: versions, deleted ones, refused tokens', async () => {
    const hashicorp = new HashicorpVault({ address: base, ca, token: new Secret('vault-token-canary') })
    answer = says(200, { data: { data: { password: CANARY }, metadata: { version: 4 } } })
    expect((await hashicorp.read('app#password')).version).toBe('4')
    await expect(hashicorp.read('app#other')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    answer = says(404, { data: { data: null, metadata: { deletion_time: 'x', version: 5 } } })
    await expect(hashicorp.read('app')).rejects.toMatchObject({ message: expect.stringContaining('was deleted') })
    answer = says(403, {})
    await expect(hashicorp.read('app')).rejects.toMatchObject({ code: 'SECRET_FORBIDDEN' })
  })

  it('never show a value: not in output, arguments, environment of children or the state folder', async () => {
    answer = (request, response) => {
      const name = /secrets\/db-(\w+)/.exec(request.url ?? '')?.[1] ?? ''
      says(200, { value: { host: 'h', port: '5432', name: 'd', user: 'u', password: CANARY }[name], id: `x/${name}` })(
        request,
        response,
      )
    }
    const { run, stateFolder, remove } = newCommandLine({ AZURE_POD_IDENTITY_AUTHORITY_HOST: base })
    writeFileSync(join(stateFolder, 'ca.pem'), ca)
    const got = await run('cred', 'get', '--key-vault', base, '--ca', join(stateFolder, 'ca.pem'))
    expect(got.stdout.trim()).toBe('postgresql://u:***@h:5432/d')
    const to = join(stateFolder, 'out')
    expect(
      (await run('cred', 'get', '--key-vault', base, '--ca', join(stateFolder, 'ca.pem'), '--to-file', to)).exitCode,
    ).toBe(0)
    expect(readFileSync(to, 'utf8')).toContain(CANARY)
    for (const text of [
      got.stdout,
      got.stderr,
      readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8'),
    ])
      for (const secret of [CANARY, 'token-canary-1']) expect(text).not.toContain(secret)
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
