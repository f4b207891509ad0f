import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCredentials } from '../src/credentials/find-credentials.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { secretServer, send } from './support/secret-server.ts'

const vault = secretServer()

/** A configuration file with a mode of its own. */
function configuration(text: string, mode = 0o600): string {
  const file = join(scratchFolder(), 'dbops.yaml')
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

describe('T06 hooks of the configuration', () => {
  it('run around a backup, those of the target before those of all, and not where others are given', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine({ WHERE: 'of-dbops' })
    const folder = scratchFolder()
    const trace = join(folder, 'trace')
    const config = configuration(`
hooks:
  beforeBackup: ['echo all before >> ${trace}']
  afterBackup: ['WHERE=shell; echo "after in \${WHERE}" >> ${trace}', 'echo "it''s odd" >> ${trace}; exit 3']
targets:
  main: { url: '${cluster.url()}', hooks: { beforeBackup: ['echo own before >> ${trace}'] } }
`)
    const create = (...words: string[]) =>
      run('backup', 'create', '--to', join(folder, 'to'), '--format', 'json', '--config', config, ...words)
    const traced = () => {
      const text = existsSync(trace) ? readFileSync(trace, 'utf8') : ''
      writeFileSync(trace, '')
      return text.trim().split('\n')
    }
    const made = await create('--target', 'main')
    expect([made.exitCode, traced()]).toEqual([8, ['own before', 'after in shell', "it's odd"]])
    expect((await create('--url', cluster.url())).exitCode).toBe(8)
    expect(traced()[0]).toBe('all before')
    expect((await create('--target', 'main', '--before', 'true', '--after', 'true')).exitCode).toBe(0)
    expect(traced()).toEqual([''])
    const full = await run(
      'backup',
      'full',
      '--to',
      join(folder, 'full'),
      '--source',
      folder,
      '--config',
      config,
      '--url',
      cluster.url(),
    )
    expect([full.exitCode, traced()[0]]).toEqual([8, 'all before'])
    remove()
  })

  it('are not run from a file that was not named or that others may write', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const text = "hooks: { beforeBackup: ['touch never'] }\n"
    writeFileSync(join(stateFolder, 'dbops.yaml'), text)
    const create = (...words: string[]) =>
      run('backup', 'create', '--url', 'postgresql://u@127.0.0.1:1/d', '--to', scratchFolder(), ...words)
    expect(await create()).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('--config dbops.yaml') })
    const open = configuration(text, 0o620)
    expect(await create('--config', open)).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('chmod go-w') })
    expect((await create('--config', configuration(text))).exitCode).toBe(3)
    expect(existsSync(join(stateFolder, 'never'))).toBe(false)
    remove()
  })

  it.each([
    ['hooks: { beforebackup: [] }', /hooks\.beforebackup is unknown/],
    ['hooks: { afterBackup: reload }', /hooks\.afterBackup is no list/],
    ["targets: { a: { url: 'postgresql://h/d', hooks: { afterBackup: [3] } } }", /target a\.hooks\.afterBackup\[0\]/],
    ['credentialNames: { files: {} }', /credentialNames\.files is unknown/],
    ['credentialNames: { exec: { pass: x } }', /credentialNames\.exec\.pass is unknown/],
    ['credentialNames: { exec: { password: "" } }', /credentialNames\.exec\.password is missing/],
    ['targets: { a: 3 }', /target a holds no mapping/],
    ['environment: 3', /environment is missing or no text/],
  ])('are refused when they are not understood: %s', async (text, message) => {
    const { run, remove } = newCommandLine()
    const ran = await run('doctor', '--config', configuration(text), '--url', 'postgresql://u@127.0.0.1:1/d')
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringMatching(message)])
    remove()
  })
})

describe('T02 names that a site gives the parts of a login', () => {
  const CANARY = 'canary-of-own-names'

  it('are those of variables, and the usual ones are no longer read', async () => {
    const { run, remove } = newCommandLine({
      SHOP_DB_HOST: 'db.shop',
      SHOP_DB_USER: 'shop_a',
      SHOP_DB_PASSWORD: CANARY,
      PG_PASSWORD: 'of-somebody-else',
      PG_DATABASE: 'shop',
    })
    const config = configuration(
      'credentialNames: { variables: { host: SHOP_DB_HOST, user: SHOP_DB_USER, password: SHOP_DB_PASSWORD } }',
    )
    const found = await run('cred', 'get', '--config', config)
    expect([found.exitCode, found.stdout]).toEqual([0, expect.stringContaining('shop_a:***@db.shop:5432/shop')])
    const list = await run('cred', 'list', '--config', config)
    expect([list.exitCode, list.stdout]).toEqual([0, expect.stringMatching(/password +SHOP_DB_PASSWORD\n/)])
    const missing = await run(
      'cred',
      'get',
      '--config',
      configuration('credentialNames: { variables: { host: NOWHERE } }'),
    )
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('set NOWHERE or NOWHERE_FILE')])
    remove()
  })

  it('are those of mounted files, of what a program prints and of a vault', async () => {
    const folder = scratchFolder()
    const written = { 'shop-host': 'h', 'shop-pass': CANARY, 'db-name': 'd', 'db-user': 'u', 'db-password': 'other' }
    for (const [name, value] of Object.entries(written)) writeFileSync(join(folder, name), value, { mode: 0o600 })
    const found = findCredentials({
      variables: {},
      environment: 'development',
      mountedFolder: folder,
      names: { mounted: { host: 'shop-host', password: 'shop-pass' } },
    })
    expect([found.host, found.password.reveal()]).toEqual(['h', CANARY])
    const { run, remove } = newCommandLine({ AZURE_POD_IDENTITY_AUTHORITY_HOST: vault.base })
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, vault.ca)
    const held: Record<string, string> = { 'shop-host': 'h', 'db-name': 'd', 'db-user': 'u', 'shop-pass': CANARY }
    vault.answer = (request, response) => {
      const value = held[/^\/secrets\/([\w-]+)/.exec(request.url ?? '')?.[1] ?? '']
      if (request.url?.includes('/oauth2/')) send(response, 200, { access_token: 'token', expires_in: 3600 })
      else if (value === undefined) send(response, 404, { error: { code: 'SecretNotFound' } })
      else send(response, 200, { value, id: `${vault.base}/x/v1` })
    }
    const config = configuration(`credentialNames:
  exec: { database: db, password: token }
  keyVault: { host: shop-host, password: shop-pass }`)
    const program = `echo '{"host": "h", "db": "d", "user": "u", "token": "${CANARY}", "password": "other"}'`
    for (const source of [
      ['--exec', program],
      ['--key-vault', vault.base, '--ca', ca],
    ]) {
      const ran = await run('cred', 'export', ...source, '--config', config, '--to-file', join(folder, source[0]))
      expect(ran.exitCode, ran.stderr).toBe(0)
      expect(readFileSync(join(folder, source[0]), 'utf8')).toContain(`u:${CANARY}@h:5432/d`)
    }
    remove()
  })
})
