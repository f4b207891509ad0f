import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { AwsCommandLine } from '../src/credentials/aws-command-line.ts'
import { AzureKeyVault } from '../src/credentials/azure-key-vault.ts'
import { Secret } from '../src/secret.ts'
import { startCommand } from './support/child.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const CANARY = 'canary-of-the-tools-4711'
const MASTER_KEY = 'master-key-of-the-tools-01'
let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine({
  DBOPS_MASTER_KEY: MASTER_KEY,
  AWS_EC2_METADATA_DISABLED: 'true',
  REGION: 'north',
  EMPTY: '',
})
beforeAll(async () => {
  cluster = await startCluster({ hba: ['local all all trust', 'host all all 127.0.0.1/32 scram-sha-256'] })
  cluster.sql('create role app login; create role locked nologin')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const fileOf = (folder: string, name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

/** A program of this name first on the PATH. */
function playedProgram(name: string, script: string): string {
  const folder = scratchFolder()
  chmodSync(fileOf(folder, name, `#!/bin/sh\n${script}\n`), 0o700)
  const before = process.env.PATH
  process.env.PATH = `${folder}${delimiter}${before}`
  onTestFinished(() => {
    process.env.PATH = before
  })
  return folder
}

describe('T03 command lines of clouds, played by small programs', () => {
  it('aws gives fields of a secret, takes a value by file and not by argument, and tells why not', async () => {
    const folder = playedProgram(
      'aws',
      `echo "$@" >> "$(dirname "$0")/asked"
case "$*" in
  *missing*) echo "ResourceNotFoundException: no such secret" >&2; exit 254;;
  *closed*) echo "AccessDeniedException: User is not authorized" >&2; exit 254;;
  *put-secret-value*) for word; do case "$word" in file://*) cat "\${word#file://}" > "$(dirname "$0")/put";; esac; done; echo '{"VersionId": "v2"}';;
  *) echo '{"VersionId": "v1", "SecretString": "{\\"host\\": \\"db\\", \\"port\\": 5433, \\"dbname\\": \\"app\\", \\"username\\": \\"app_a\\", \\"password\\": \\"${CANARY}\\"}"}';;
esac`,
    )
    const aws = new AwsCommandLine()
    const found = await aws.read('app/db#password', 'v1')
    expect([found.value.reveal(), found.version]).toEqual([CANARY, 'v1'])
    await expect(aws.read('app/db#nothing')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    await expect(aws.read('missing')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    await expect(aws.read('closed')).rejects.toMatchObject({ code: 'SECRET_FORBIDDEN' })
    expect(await aws.write('app/key', new Secret('written-value-0815'))).toBe('v2')
    expect(readFileSync(join(folder, 'put'), 'utf8')).toBe('written-value-0815')
    const asked = readFileSync(join(folder, 'asked'), 'utf8')
    expect(asked).toContain('--version-id v1')
    expect(asked).not.toContain('written-value-0815')
    const file = /file:\/\/(\S+)/.exec(asked)?.[1] ?? ''
    expect([file !== '', existsSync(file)]).toEqual([true, false])
    const got = await run('cred', 'get', '--aws-secret', 'app/db', '--form', 'url')
    expect([got.exitCode, got.stdout]).toEqual([0, expect.stringContaining('app_a')])
    expect(got.stderr).toContain('the aws command line is asked')
    const production = await run('cred', 'get', '--aws-secret', 'app/db', '--environment', 'production')
    expect([production.exitCode, production.stderr]).toEqual([2, expect.stringContaining('no region of AWS')])
    expect(got.stdout + got.stderr).not.toContain(CANARY)
  })

  it('az gives the token where no identity answers, never in place of one that was named', async () => {
    const folder = playedProgram(
      'az',
      `echo "$@" >> "$(dirname "$0")/asked"; echo '{"accessToken": "token-of-az-1", "expires_on": 4102444800}'`,
    )
    const asked = () => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '')
    const told: string[] = []
    const vault = (variables: Record<string, string>, isAllowed: boolean) =>
      new AzureKeyVault({
        vaultUrl: 'http://127.0.0.1:1',
        variables: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1', ...variables },
        ...(isAllowed ? { onCommandLine: (text: string) => void told.push(text) } : {}),
      })
    await expect(vault({}, false).read('x')).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' })
    await expect(
      vault({ IDENTITY_ENDPOINT: 'http://127.0.0.1:1', IDENTITY_HEADER: 'h' }, true).read('x'),
    ).rejects.toThrow()
    expect(asked()).toBe('')
    // the vault itself is not there either: the token was asked for before
    await expect(vault({}, true).read('x')).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' })
    expect(asked()).toContain('account get-access-token --resource https://vault.azure.net')
    expect(told).toEqual([expect.stringContaining('login of az')])
  })
})

describe('T05 history of the store', () => {
  it('lists versions, brings one back to store and role, proven by a login, or neither', async () => {
    const folder = scratchFolder()
    const store = join(folder, 'store')
    await run('secrets', 'init', '--store', store)
    for (const value of ['first-password-of-app', 'second-password-of-app'])
      await run('secrets', 'put', 'db', '--store', store, '--from-file', fileOf(folder, 'value', value))
    const versions = await run('secrets', 'versions', 'db', '--store', store, '--format', 'json')
    expect((versions.json().data as { version: string }[]).map(({ version }) => version)).toEqual(['1', '2'])
    const admin = `postgresql://postgres@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/postgres`
    const back = ['secrets', 'rollback', 'db', '--store', store, '--secret-version', '1', '--url', admin]
    expect((await run(...back, '--role', 'app')).stdout).toContain('--apply does it')
    expect((await run(...back, '--role', 'no_such_role', '--apply')).exitCode).not.toBe(0)
    expect((await run('secrets', 'versions', 'db', '--store', store)).stdout).not.toContain('version 3')
    const done = await run(...back, '--role', 'app', '--apply')
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('as version 3')])
    const password = fileOf(folder, 'app.password', 'first-password-of-app')
    const tested = await run('conn', 'test', '--url', cluster.url('postgres', 'app'), '--password-file', password)
    expect([tested.exitCode, done.stdout.includes('first-password')]).toEqual([0, false])
  })

  it('goes into a copy and comes back, and a copy under another key does not', async () => {
    const folder = scratchFolder()
    const [store, copy] = [join(folder, 'store'), join(folder, 'copy')]
    await run('secrets', 'init', '--store', store)
    await run('secrets', 'put', 'db', '--store', store, '--from-file', fileOf(folder, 'value', CANARY))
    expect((await run('secrets', 'backup', '--store', store, '--to-file', copy)).exitCode).toBe(0)
    expect([statSync(copy).mode & 0o777, readFileSync(copy, 'utf8').includes(CANARY)]).toEqual([0o600, false])
    expect((await run('secrets', 'backup', '--store', store, '--to-file', copy)).exitCode).toBe(7)
    writeFileSync(store, 'damaged')
    expect((await run('secrets', 'restore', '--store', store, '--from-file', store)).exitCode).toBe(5)
    expect(readFileSync(store, 'utf8')).toBe('damaged')
    expect((await run('secrets', 'restore', '--store', store, '--from-file', copy)).exitCode).toBe(0)
    expect((await run('secrets', 'list', '--store', store)).stdout).toContain('db  version 1')
  })
})

describe('T06 environments', () => {
  it('are compared by names, and share no secret whatever its name', async () => {
    const folder = scratchFolder()
    const shared = fileOf(folder, 'password', `${CANARY}\n`)
    const staging = fileOf(folder, '.env.staging', `A=1\nAPP_SECRET=${CANARY}\n`)
    const production = fileOf(folder, '.env.production', `A=2\nDB_PASSWORD_FILE=${shared}\n`)
    const ran = await run('env', 'diff', staging, production)
    expect([ran.exitCode, ran.stdout]).toEqual([1, expect.stringContaining('APP_SECRET and DB_PASSWORD_FILE')])
    expect(ran.stdout).toContain('APP_SECRET is not in')
    expect(ran.stdout).not.toContain(CANARY)
    const other = fileOf(folder, '.env.other', 'A=1\nAPP_SECRET=quite-another-one\n')
    expect((await run('env', 'diff', staging, other)).exitCode).toBe(0)
  })

  it('are rendered whole, or not at all', async () => {
    const folder = scratchFolder()
    const template = fileOf(folder, 'template', 'REGION=${REGION}\nAPP_SECRET=${APP}\n')
    const dotenv = fileOf(folder, 'more', `APP=${CANARY}\n`)
    const out = join(folder, 'out')
    expect((await run('env', 'render', template, '--to-file', out)).exitCode).toBe(2)
    expect((await run('env', 'render', fileOf(folder, 'empty', 'A=${EMPTY}\n'), '--to-file', out)).exitCode).toBe(2)
    expect(existsSync(out)).toBe(false)
    const shown = await run('env', 'render', template, '--dotenv', dotenv)
    expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining('REGION=north\nAPP_SECRET=***')])
    expect((await run('env', 'render', template, '--dotenv', dotenv, '--to-file', out)).exitCode).toBe(0)
    expect([readFileSync(out, 'utf8'), statSync(out).mode & 0o777]).toEqual([
      `REGION=north\nAPP_SECRET=${CANARY}\n`,
      0o600,
    ])
    expect((await run('env', 'render', template, '--dotenv', dotenv, '--to-file', out)).exitCode).toBe(7)
  })
})

describe('T104 run', () => {
  it('gives the login to one program: by file, in no argument and no record, and ends as it ends', async () => {
    const dotenv = fileOf(
      scratchFolder(),
      '.env',
      `PG_HOST=db.example\nPG_DATABASE=app\nPG_USER=app\nPG_PASSWORD=${CANARY}\n`,
    )
    const script =
      'echo "$PGUSER@$PGHOST/$PGDATABASE"; echo "file $PGPASSFILE"; cat "$PGPASSFILE"; env | grep -c canary; tr "\\0" " " < /proc/$PPID/cmdline; exit 7'
    const started = startCommand(stateFolder, ['run', '--dotenv', dotenv, '--', 'sh', '-c', script], {
      DBOPS_MASTER_KEY: MASTER_KEY,
    })
    expect(await started.ended).toBe(7)
    const [login, file, line, count, cmdline] = started.output().split('\n')
    expect([login, line, count]).toEqual(['app@db.example/app', `*:*:*:*:${CANARY}`, '0'])
    expect(cmdline).not.toContain(CANARY)
    expect(existsSync(file.replace('file ', ''))).toBe(false)
    const log = await run('audit', 'list', '--format', 'json')
    expect(log.stdout).toContain('"run"')
    expect(log.stdout).not.toContain(CANARY)
    const inVariable = startCommand(
      stateFolder,
      [
        'run',
        '--dotenv',
        dotenv,
        '--password-variable',
        'APP_PASSWORD',
        '--',
        'sh',
        '-c',
        'echo "$APP_PASSWORD"; echo "key $DBOPS_MASTER_KEY"',
      ],
      { DBOPS_MASTER_KEY: MASTER_KEY },
    )
    expect(await inVariable.ended).toBe(0)
    expect(inVariable.output()).toBe(`${CANARY}\nkey \n`)
    const absent = startCommand(stateFolder, ['run', '--dotenv', dotenv, '--', '/no/such/program'])
    expect(await absent.ended).toBe(2)
  })
})
