import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import type { TestCluster } from '@pcap-analyzer/dbops/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

const hba = [
  'local all all trust',
  'host all postgres,cloud_admin 127.0.0.1/32 trust',
  'host all all 127.0.0.1/32 scram-sha-256',
]

function wanted(text: string) {
  const line = newCommandLine()
  onTestFinished(line.remove)
  const file = join(line.stateFolder, 'roles.yaml')
  const passwords = join(line.stateFolder, 'passwords')
  writeFileSync(file, text)
  const init = (cluster: TestCluster, user: string, ...more: string[]) =>
    line.run('db', 'init', '--url', cluster.url('postgres', user), '--file', file, '--passwords', passwords, ...more)
  return { ...line, file, passwords, init }
}

describe('T10 db init', () => {
  it('plans exactly what it does, proves it by logging in, shows no password, and does nothing twice', async () => {
    const cluster = await clusterOfTest({ hba, settings: { log_statement: 'all' } })
    // names that must be quoted everywhere
    const { init, passwords, run, file } = wanted(
      'database: "shop \\"é"\nschemas: ["ap p", app]\nclosedDatabases: [postgres]\n',
    )
    const plan = await init(cluster, 'postgres')
    expect(plan.exitCode, plan.stderr).toBe(0)
    const planned = plan.stdout.split('\n').filter((line) => line.endsWith(';'))
    expect(planned[0]).toBe('create database "shop ""é" template template0 encoding \'UTF8\';')
    expect([existsSync(passwords), cluster.sql('select count(*) from pg_database')]).toEqual([false, '3'])
    const done = await init(cluster, 'postgres', '--apply')
    expect([done.exitCode, done.stdout], done.stderr).toEqual([
      0,
      expect.stringMatching(/attempts, each as declared\n$/),
    ])
    const said = done.stdout.split('\n').filter((line) => line.endsWith(';') && !line.includes('‹secret:'))
    expect(said).toEqual(planned)
    for (const name of readdirSync(passwords)) {
      const password = readFileSync(join(passwords, name), 'utf8').trim()
      expect((done.stdout + done.stderr + cluster.log()).includes(password), name).toBe(false)
    }
    const again = await init(cluster, 'postgres', '--apply')
    expect(again.stdout).toMatch(/nothing to do; \d+ attempts, each as declared/)
    expect((await run('roles', 'diff', '--url', cluster.url('shop "é'), '--file', file)).exitCode).toBe(0)
    expect(
      cluster.sql(
        `select has_database_privilege('public', 'shop "é', 'temp'), has_schema_privilege('public', 'public', 'create')`,
        'shop "é',
      ),
    ).toBe('f|f')
  })

  it('goes on where it was broken off, and says when the proof fails', async () => {
    const cluster = await clusterOfTest({ hba })
    const { init } = wanted('database: shop\n')
    cluster.sql('create role shop_owner; create role shop_app_a login')
    const done = await init(cluster, 'postgres', '--apply')
    // a login that was there keeps its password, which we do not have
    expect([done.exitCode, done.stderr]).toEqual([2, expect.stringContaining('passwords/shop_app_a')])
    cluster.sql('drop owned by shop_app_a; drop role shop_app_a', 'shop')
    expect((await init(cluster, 'postgres', '--apply')).exitCode).toBe(0)
    // drift of a managed role is repaired; a right that comes by nobody's plan fails the proof
    cluster.sql('create table shop.t (n int); grant create on schema shop to shop_rw', 'shop')
    expect((await init(cluster, 'postgres', '--apply')).exitCode).toBe(0)
    cluster.sql('alter role shop_ro createrole; grant set on parameter session_replication_role to shop_ro', 'shop')
    const failed = await init(cluster, 'postgres', '--apply')
    expect([failed.exitCode, failed.stdout]).toEqual([
      5,
      expect.stringContaining('FAIL shop_ro: switch off triggers: allowed'),
    ])
  })

  it('is done by one at a time', async () => {
    const cluster = await clusterOfTest({ hba })
    const { init } = wanted('database: shop\n')
    const other = await connectServer(parseConnection(cluster.url()))
    await other.query("select pg_advisory_lock(hashtextextended('dbops init shop', 0))")
    const held = await init(cluster, 'postgres', '--apply')
    expect([held.exitCode, held.stderr]).toEqual([6, expect.stringContaining('somebody else does this')])
    await other.end()
    expect(cluster.sql("select count(*) from pg_database where datname = 'shop'")).toBe('0')
  })

  it('refuses weak passwords, and an administrator without the rights, naming all of them', async () => {
    const cluster = await clusterOfTest({ hba })
    const { init, passwords } = wanted('database: shop\n')
    cluster.sql('create role cloud_admin login')
    const poor = await init(cluster, 'cloud_admin', '--apply')
    expect([poor.exitCode, poor.stderr]).toEqual([4, expect.stringContaining('cloud_admin lacks CREATEROLE, CREATEDB')])
    mkdirSync(passwords, { mode: 0o700 })
    writeFileSync(join(passwords, 'shop_app_a'), 'shop_app_a-Password-1', { mode: 0o600 })
    const weak = await init(cluster, 'postgres', '--apply')
    expect([weak.exitCode, weak.stderr]).toEqual([2, expect.stringContaining('shop_app_a')])
    expect(weak.stderr).not.toContain('Password-1')
  })
})

describe('T13 a managed service, played by an administrator without superuser', () => {
  it('gets a reduced plan that says what it leaves out, and the proof of the rest', async () => {
    const cluster = await clusterOfTest({ hba })
    cluster.sql('create role rds_superuser; create role cloud_admin login createrole createdb in role rds_superuser')
    const { init } = wanted(
      'database: shop\nclosedDatabases: [postgres]\nroles:\n  shop_owner: {kind: owner}\n  shop_rw: {kind: group}\n  shop_app: {kind: app, logStatement: ddl}\n  shop_backup: {kind: backup}\n  shop_auditor: {kind: auditor}\n',
    )
    const plan = await init(cluster, 'cloud_admin')
    for (const part of [
      'shop_backup gets no BYPASSRLS',
      'shop_auditor does not see the files',
      'log_statement of shop_app is left as it is',
      'database postgres is somebody else',
      'cloud_admin is no superuser (rds)',
    ])
      expect(plan.stdout).toContain(part)
    const done = await init(cluster, 'cloud_admin', '--apply')
    expect([done.exitCode, done.stdout], done.stderr).toEqual([0, expect.stringContaining('each as declared')])
    expect((await init(cluster, 'cloud_admin', '--apply')).stdout).toContain('nothing to do')
    // by hand, and out of its reach
    cluster.sql('create table shop.by_hand (n int)', 'shop')
    const foreign = await init(cluster, 'cloud_admin')
    expect([foreign.exitCode, foreign.stderr]).toEqual([
      4,
      expect.stringContaining('the rights of postgres, who owns table shop.by_hand'),
    ])
  })
})

describe('T10 attributes of roles', () => {
  it('have a last day, a search path and log settings, and an auditor sees the files', async () => {
    const cluster = await clusterOfTest({ hba })
    const { init, run, stateFolder } = wanted(
      'database: shop\nroles:\n  o: {kind: owner}\n  g: {kind: group}\n  a: {kind: app, validUntil: 2099-01-31, searchPath: [shop, "My Schema", user], logStatement: mod, logMinDuration: 250ms}\n  auditor: {kind: auditor}\n',
    )
    const done = await init(cluster, 'postgres', '--apply')
    expect(done.exitCode, done.stderr).toBe(0)
    expect((await init(cluster, 'postgres')).stdout).toContain('nothing to do')
    expect(cluster.sql("select rolvaliduntil at time zone 'utc' from pg_roles where rolname = 'a'")).toBe(
      '2099-01-31 00:00:00',
    )
    expect(
      cluster.sql("select setconfig from pg_db_role_setting s join pg_roles r on r.oid = setrole where rolname = 'a'"),
    ).toContain('search_path=shop, \\"My Schema\\", \\"user\\"')
    expect(
      cluster.sql(
        'set role auditor; select count(*) > 0 from pg_hba_file_rules; select count(*) > 0 from pg_file_settings',
        'shop',
      ),
    ).toBe('t\nt')
    // a rollback of later changes brings the search path back as a list
    const file = join(stateFolder, 'other.yaml')
    writeFileSync(
      file,
      'database: shop\nroles:\n  o: {kind: owner}\n  g: {kind: group}\n  a: {kind: app, validUntil: 2098-01-31, searchPath: [other]}\n',
    )
    const changed = await run('roles', 'apply', '--url', cluster.url('shop'), '--file', file, '--apply')
    const id = /rollback to (\S+)/.exec(changed.stdout)?.[1] ?? ''
    expect((await run('rollback', 'to', id, '--url', cluster.url('shop'), '--apply')).exitCode).toBe(0)
    expect((await init(cluster, 'postgres')).stdout).toContain('nothing to do')
    const wrong = wanted(
      'database: shop\nroles:\n  o: {kind: owner}\n  g: {kind: group}\n  a: {kind: app, validUntil: soon}\n',
    )
    expect((await wrong.init(cluster, 'postgres')).exitCode).toBe(2)
  })
})

describe('T10 roles matrix', () => {
  it('shows what is declared, and beside it what came of it', async () => {
    const cluster = await clusterOfTest({ hba })
    const { init, run, file, passwords, stateFolder } = wanted('database: shop\nclosedDatabases: [postgres]\n')
    const declared = await run('roles', 'matrix', '--file', file)
    expect(declared.exitCode).toBe(0)
    expect(declared.stdout).toMatch(/^ +shop_migrator +shop_app_a .*\n[\s\S]*^truncate +yes +no/m)
    await init(cluster, 'postgres', '--apply')
    cluster.sql(
      'create table shop.t (n int); grant insert on shop.t to shop_ro; grant delete on shop.t to shop_ro',
      'shop',
    )
    const matrix = (...words: string[]) =>
      run('roles', 'matrix', '--file', file, '--passwords', passwords, '--url', cluster.url('shop'), ...words)
    const page = join(stateFolder, 'matrix.html')
    expect((await matrix('--to-file', page)).exitCode).toBe(1)
    expect(readFileSync(page, 'utf8')).toContain('<td class="wrong">no, but was let</td>')
    expect((await matrix('--as', 'markdown')).stdout).toMatch(/^\| attempt \| shop\\_migrator \(migrator\) \|/)
    expect((await matrix('--to-file', page)).exitCode).toBe(7)
    expect((await matrix('--to-file', '/nonexistent/m.md')).exitCode).toBe(2)
  })
})
