import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generateSecret, secretKinds } from '../src/credentials/generate-key.ts'
import { passwordProblems, productionPolicy } from '../src/credentials/password-policy.ts'
import { versionsToForget } from '../src/credentials/store-retention.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { bodyOf, says, secretServer, send } from './support/secret-server.ts'

const CANARY = 'canary-Of-The-Sources_0815'
const MASTER_KEY = 'master-key-of-the-sources-01'
const server = secretServer()

function commandLine(variables: Record<string, string> = {}) {
  const line = newCommandLine({ DBOPS_MASTER_KEY: MASTER_KEY, ...variables })
  onTestFinished(line.remove)
  return line
}

describe('T02 cred list', () => {
  it('names the source of every field, opens no file, and ends with 1 when one has none', async () => {
    const { run } = commandLine({
      PG_HOST: 'db',
      DB_HOST: 'db',
      PG_PASSWORD: CANARY,
      DB_PASSWORD_FILE: '/nonexistent/password',
      DATABASE_URL: `postgresql://app:${CANARY}@db/app`,
    })
    const all = await run('cred', 'list', '--format', 'json')
    expect(all.exitCode, all.stderr).toBe(0)
    expect(all.json().data).toEqual({
      host: ['PG_HOST', 'DB_HOST', 'DATABASE_URL'],
      port: [],
      database: ['DATABASE_URL'],
      user: ['DATABASE_URL'],
      password: ['PG_PASSWORD', 'DB_PASSWORD_FILE', 'DATABASE_URL'],
    })
    const some = await commandLine({ PGHOST: 'db', PGUSER: '' }).run('cred', 'list')
    expect(some).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('no source has database, password') })
    expect(some.stdout).toContain('PGUSER (empty)')
    expect(all.stdout + some.stdout).not.toContain(CANARY)
  })

  it('asks a vault for names alone', async () => {
    const { run, stateFolder } = commandLine({
      AZURE_POD_IDENTITY_AUTHORITY_HOST: server.base,
      VAULT_TOKEN: 'token-of-the-vault-1',
      AWS_ENDPOINT_URL: server.base,
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'canary-key-of-aws-0815',
      AWS_REGION: 'eu-west-1',
    })
    const ca = join(stateFolder, 'ca.pem')
    writeFileSync(ca, server.ca)
    server.answer = async (request, response) => {
      const { url = '', headers } = request
      if (url.includes('/oauth2/')) return send(response, 200, { access_token: 'token-canary-2', expires_in: 3600 })
      if (/^\/secrets\?/.test(url))
        return send(response, 200, {
          value: ['db-host', 'db-name', 'db-user', 'db-password'].map((name) => ({
            id: `${server.base}/secrets/${name}`,
            attributes: { enabled: name !== 'db-user' },
          })),
        })
      if (url === '/v1/secret/subkeys/app')
        return send(response, 200, { data: { subkeys: { host: null, database: null, user: null, password: null } } })
      if (url === '/v1/secret/metadata/?list=true') return send(response, 200, { data: { keys: ['app', 'more/'] } })
      const action = String(headers['x-amz-target']).split('.')[1]
      await bodyOf(request)
      if (action === 'ListSecrets') return send(response, 200, { SecretList: [{ Name: 'app/db', LastChangedDate: 1 }] })
      if (action === 'ListSecretVersionIds') return send(response, 200, { Versions: [{ VersionId: 'v1' }] })
      send(response, 403, { error: { code: 'Forbidden' }, __type: 'AccessDeniedException' }) // no value for anybody
    }
    const list = (...words: string[]) => run('cred', 'list', ...words, '--ca', ca)
    const azure = await list('--key-vault', server.base)
    expect([azure.exitCode, azure.stdout]).toEqual([1, expect.stringContaining('no source has user')]) // disabled
    const vault = await list('--vault', server.base, '--vault-path', 'app')
    expect([vault.exitCode, vault.stdout], vault.stderr).toEqual([0, expect.stringContaining('app#password')])
    const aws = await list('--aws-secret', 'app/db')
    expect([aws.exitCode, aws.stdout], aws.stderr).toEqual([0, expect.stringContaining('not to be told')])
    const names = async (place: string) => (await run('secrets', 'list', '--store', place, '--ca', ca)).stdout
    expect(await names(`key-vault:${server.base}`)).toMatch(/db-user {2}.*disabled[\s\S]*4 secret\(s\)/)
    expect(await names(`vault:${server.base}`)).toContain('more/')
    expect(await names('aws:eu-west-1')).toContain('app/db  1970-01-01')
    expect((await run('cred', 'get', '--key-vault', server.base, '--ca', ca)).exitCode).toBe(4)
    server.answer = says(403, {})
    expect((await list('--vault', server.base, '--vault-path', 'app')).exitCode).toBe(4)
  })
})

describe('T01 cred set', () => {
  const main = join(import.meta.dirname, '../src/main.ts')
  const set = (stateFolder: string, input: string, ...words: string[]) =>
    spawnSync(process.execPath, ['--conditions=development', main, 'cred', 'set', ...words], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: stateFolder, DBOPS_STATE_DIR: stateFolder, DBOPS_MASTER_KEY: MASTER_KEY },
    })

  it('takes the value from standard input, when the policy does and nothing else has it', async () => {
    const { run, stateFolder } = commandLine()
    const store = join(stateFolder, 'store')
    await run('secrets', 'init', '--store', store)
    const value = generateSecret('password').secret.reveal()
    const words = ['db-password', '--store', store]
    expect(set(stateFolder, value, ...words)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('would write'),
    })
    expect((await run('secrets', 'list', '--store', store)).stdout).toContain('0 secret(s)')
    const done = set(stateFolder, `${value}\n`, ...words, '--apply')
    expect([done.status, done.stdout], done.stderr).toEqual([0, expect.stringContaining('is version 1')])
    const to = join(stateFolder, 'out')
    await run('secrets', 'get', 'db-password', '--store', store, '--to-file', to)
    expect(readFileSync(to, 'utf8')).toBe(`${value}\n`)
    expect(set(stateFolder, value, ...words, '--apply').status).toBe(0) // its own value again
    const staging = set(stateFolder, value, 'staging-password', '--store', store, '--apply')
    expect([staging.status, staging.stdout]).toEqual([1, expect.stringContaining('is the value of db-password in')])
    expect(
      set(stateFolder, generateSecret('password').secret.reveal(), 'toString', '--store', store, '--apply').status,
    ).toBe(0)
    for (const bad of ['postgres', 'change-me-change-me-1A', `app_a${value}`])
      expect(set(stateFolder, bad, ...words, '--not', 'app_a', '--apply').status, bad).toBe(1)
    expect(set(stateFolder, '', ...words).status).toBe(2)
    expect(set(stateFolder, 'two\nlines', ...words).status).toBe(2)
    const log = (await run('audit', 'list', '--format', 'json')).stdout
    expect([log.includes('"cred set"'), log.includes(value), done.stdout.includes(value)]).toEqual([true, false, false])
    // it is found from now on wherever it stands
    const repository = join(stateFolder, 'repository')
    mkdirSync(repository)
    writeFileSync(join(repository, 'notes.txt'), `it is ${value}\n`)
    for (const git of [
      ['init', '-q'],
      ['add', '.'],
    ])
      execFileSync('git', git, { cwd: repository })
    expect((await run('guard', 'scan', '--repository', repository)).exitCode).toBe(1)
  })
})

describe('T01 cred export', () => {
  const variables = { PG_HOST: 'db', PG_DATABASE: 'app', PG_USER: 'app', PG_PASSWORD: CANARY }

  it('writes a new file, or an open descriptor, and nothing else', async () => {
    const { run } = commandLine(variables)
    const folder = scratchFolder()
    const path = join(folder, 'login')
    const ran = await run('cred', 'export', '--form', 'passfile', '--to-file', path)
    expect([ran.exitCode, readFileSync(path, 'utf8')]).toEqual([0, `db:5432:app:app:${CANARY}\n`])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const descriptor = openSync(join(folder, 'handed'), 'w')
    const handed = await run('cred', 'export', '--form', 'dsn', '--to-fd', String(descriptor))
    closeSync(descriptor)
    expect([handed.exitCode, readFileSync(join(folder, 'handed'), 'utf8')]).toEqual([
      0,
      `host=db port=5432 dbname=app user=app password=${CANARY}\n`,
    ])
    expect(ran.stdout + ran.stderr + handed.stdout + handed.stderr).not.toContain(CANARY)
  })

  it('refuses what would overwrite, show or lose it', async () => {
    const { run } = commandLine(variables)
    const folder = scratchFolder()
    const taken = join(folder, 'taken')
    writeFileSync(taken, 'before')
    expect((await run('cred', 'export', '--to-file', taken)).exitCode).toBe(7)
    expect(readFileSync(taken, 'utf8')).toBe('before')
    expect((await run('cred', 'export', '--to-file', join(folder, 'no/such/folder'))).exitCode).toBe(2)
    expect((await run('cred', 'export')).exitCode).toBe(2)
    expect((await run('cred', 'export', '--to-fd', '1')).exitCode).toBe(2)
    expect((await run('cred', 'export', '--to-fd', '1022')).exitCode).toBe(2)
    expect((await run('cred', 'export', '--to-fd', '9', '--to-file', join(folder, 'x'))).exitCode).toBe(2)
    const full = openSync('/dev/full', 'w')
    expect((await run('cred', 'export', '--to-fd', String(full))).exitCode).toBe(70)
    closeSync(full)
    const shown = await run('cred', 'get', '--reveal') // no terminal here
    expect([shown.exitCode, shown.stdout]).toEqual([7, ''])
    expect(existsSync(join(folder, 'x'))).toBe(false)
  })
})

describe('T01 kinds of secrets', () => {
  it.each(['password', 'api-key', 'passphrase'] as const)('every %s passes the policy', (kind) => {
    expect(secretKinds).toContain(kind)
    for (let count = 0; count < 2000; count++) {
      const { secret, bits } = generateSecret(kind)
      expect(passwordProblems(secret, productionPolicy), kind).toEqual([])
      expect(bits).toBeGreaterThanOrEqual(100)
      expect(secret.reveal()).toMatch(/^[\w.~-]+$/)
    }
  })
})

describe('T05 secrets cleanup', () => {
  const day = (number: number) => new Date(Date.UTC(2026, 0, number))
  const entries = (...list: (readonly [number, string | null])[]) =>
    list.map(([created, value], index) => ({ version: index + 1, createdAt: day(created).toISOString(), value }))

  it.each([
    ['nothing of one version', entries([1, 'a']), 1, 20, []],
    ['what is old and not among the newest', entries([1, 'a'], [2, 'b'], [3, 'c'], [4, 'd']), 2, 20, [1, 2]],
    ['nothing that is young', entries([1, 'a'], [12, 'b'], [13, 'c']), 1, 10, [1]],
    ['nothing usable that is the newest, under a young tombstone', entries([1, 'a'], [2, 'b'], [15, null]), 1, 10, [1]],
    ['everything under an old tombstone', entries([1, 'a'], [2, 'b'], [3, null]), 5, 10, [1, 2, 3]],
    ['an old tombstone between versions', entries([1, 'a'], [2, null], [3, 'c']), 1, 10, [1, 2]],
  ] as const)('forgets %s', (_, list, keep, before, gone) => {
    expect(versionsToForget(list, { keep, before: day(before) })).toEqual(gone)
  })

  it('plans, and then forgets for good what the plan said', async () => {
    const { run, stateFolder } = commandLine()
    const store = join(stateFolder, 'store')
    const value = join(stateFolder, 'value')
    await run('secrets', 'init', '--store', store)
    for (const text of ['first-value', 'second-value', 'third-value']) {
      writeFileSync(value, text, { mode: 0o600 })
      await run('secrets', 'put', 'db', '--store', store, '--from-file', value)
    }
    await run('secrets', 'put', 'old', '--store', store, '--from-file', value)
    await run('secrets', 'delete', 'old', '--store', store)
    const clean = (...words: string[]) => run('secrets', 'cleanup', '--store', store, '--keep', '1', ...words)
    expect((await clean()).stdout).toContain('would forget 0 version(s)') // all is of today
    const plan = await clean('--days', '0')
    expect(plan.stdout).toContain('would forget 4 version(s)')
    expect((await run('secrets', 'versions', 'db', '--store', store)).stdout).toContain('3 version(s)')
    expect((await clean('--days', '0', '--apply')).stdout).toContain('4 version(s) are gone')
    expect((await run('secrets', 'list', '--store', store)).stdout).toMatch(/^db {2}version 3 .*\n1 secret\(s\)/)
    expect((await clean('--days', '0', '--apply')).stdout).toContain('0 version(s) are gone')
  })
})
