import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  connectServer,
  parseConnection,
  rowSecuritySql,
  Secret,
  type ServerClient,
  scramVerifier,
  tenantSettingsSql,
  undoRowSecuritySql,
} from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditRowSecurity } from '../src/roles/row-security-audit.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const file = join(stateFolder, 'roles.yaml')
const passwords = join(stateFolder, 'passwords')
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
    settings: { log_statement: 'all', shared_preload_libraries: 'pg_stat_statements' },
  })
  cluster.sql('create database shop; create database other')
  cluster.sql('create extension pg_stat_statements', 'shop')
  writeFileSync(file, 'database: shop\nschemas: [app]\nclosedDatabases: [postgres, other]\n')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const words = (verb: string, ...more: string[]) => [
  'roles',
  verb,
  '--url',
  cluster.url('shop'),
  '--file',
  file,
  ...more,
]
const login = async (user: string, database = 'shop'): Promise<ServerClient> => {
  const password = new Secret(readFileSync(join(passwords, user), 'utf8').trim())
  return await connectServer({ ...parseConnection(cluster.url(database, user)), password })
}

describe('T10 the roles after apply', () => {
  it('may do exactly what is declared, tried by logging in', async () => {
    const plan = await run(...words('plan'))
    expect(plan.stdout).toContain('create role "shop_owner"')
    expect(cluster.sql("select count(*) from pg_roles where rolname like 'shop%'")).toBe('0')
    const applied = await run(...words('apply', '--passwords', passwords, '--apply'))
    expect(applied.exitCode, applied.stderr).toBe(0)
    const migrator = await login('shop_migrator')
    await migrator.query(
      'create table app.orders (id int generated always as identity primary key, owner_id int, note text)',
    )
    await migrator.query('create function app.answer() returns int language sql as $$ select 42 $$')
    await migrator.end()
    const verified = await run(
      ...words('verify', '--passwords', passwords, '--other-database', 'other', '--format', 'json'),
    )
    const wrong = verified.json().checks.filter(({ verdict }) => verdict !== 'pass')
    expect(wrong).toEqual([])
    const tried = verified.json().data as { role: string }[]
    expect(tried.filter(({ role }) => role === 'shop_app_a')).toHaveLength(22)
    const app = await login('shop_app_a')
    await app.query("insert into app.orders (owner_id, note) values (1, 'x')")
    expect((await app.query('select app.answer() as n')).rows).toEqual([{ n: 42 }])
    await app.end()
  })
})

describe('T11 a second apply', () => {
  it('does nothing, and repairs drift made by hand without touching what is not managed', async () => {
    expect((await run(...words('apply', '--passwords', passwords, '--apply'))).stdout).toContain('nothing to do')
    expect((await run(...words('diff'))).exitCode).toBe(0)
    cluster.sql(
      `grant truncate on app.orders to shop_app_a; grant select on app.orders to public; create role stranger login;
      grant select on app.orders to stranger; create table app.by_hand (n int); grant pg_monitor to shop_ro; alter role shop_app_b createdb;
      grant temp on database shop to public; grant create on schema public to public`,
      'shop',
    )
    const drift = await run(...words('diff'))
    expect(drift.exitCode).toBe(1)
    for (const part of [
      'revoke truncate on table app.orders from "shop_app_a"',
      'revoke select on table app.orders from public',
      'alter table app.by_hand owner to "shop_owner"',
      'revoke "pg_monitor" from "shop_ro"',
      'nocreatedb',
      'revoke all on database "shop" from public',
      'revoke create on schema public from public',
      'note: login stranger is not managed',
    ])
      expect(drift.stdout).toContain(part)
    const repaired = await run(...words('apply', '--apply'))
    expect(repaired.exitCode, repaired.stderr).toBe(0)
    expect((await run(...words('diff'))).stdout).toContain('nothing to do')
    expect(cluster.sql("select has_table_privilege('stranger', 'app.orders', 'select')", 'shop')).toBe('t')
    const pruned = await run(...words('apply', '--prune', '--apply'))
    expect([pruned.exitCode, pruned.stdout], pruned.stderr).toEqual([
      0,
      expect.stringContaining('revoke select on table app.orders from "stranger"'),
    ])
    expect(cluster.sql("select has_table_privilege('stranger', 'app.orders', 'select')", 'shop')).toBe('f')
    expect((await run(...words('diff', '--prune'))).exitCode).toBe(0)
  })
})

describe('T12 a password', () => {
  it('stands in no server log and no statistics, not even when the statement fails; the verifier logs in', async () => {
    const canary = new Secret('canary-Pa55word-T12')
    cluster.sql(`create role canary_role login password '${scramVerifier(canary)}'`)
    expect(() => cluster.sql(`alter role no_such_role password '${scramVerifier(canary)}'`)).toThrow()
    const client = await connectServer({
      ...parseConnection(cluster.url('postgres', 'canary_role')),
      password: canary,
      database: 'template1',
    })
    await client.end()
    expect(cluster.log()).toContain('canary_role')
    expect(cluster.log()).not.toContain(canary.reveal())
    expect(cluster.sql(`select count(*) from pg_stat_statements where query like '%${canary.reveal()}%'`, 'shop')).toBe(
      '0',
    )
    for (const name of ['shop_app_a', 'shop_ro'])
      expect(cluster.log()).not.toContain(readFileSync(join(passwords, name), 'utf8').trim())
  })
})

describe('T14 a role that owns things', () => {
  it('is retired in every database: heir owns, grants by others are gone, sessions ended, login refused, role dropped', async () => {
    cluster.sql(
      `create role old_app login password 'old-password-1'; create role third; grant create on database shop to old_app;
      grant all on schema app to old_app; grant usage on schema app to third; grant select on app.orders to third with grant option`,
      'shop',
    )
    cluster.sql(
      'create schema own authorization old_app; create table own.t (n int); alter table own.t owner to old_app; set role third; grant select on app.orders to old_app',
      'shop',
    )
    cluster.sql('create table left_over (n int); alter table left_over owner to old_app', 'other')
    const old = { ...parseConnection(cluster.url('shop', 'old_app')), password: new Secret('old-password-1') }
    cluster.sql('grant connect on database shop to old_app')
    const session = await connectServer(old)
    let isLost = false
    session.on('end', () => {
      isLost = true
    })
    const retire = ['roles', 'retire', 'old_app', '--heir', 'shop_owner', '--url', cluster.url('shop')]
    const plan = await run(...retire)
    expect(plan.stdout).toMatch(/other: owns 1/)
    const done = await run(...retire, '--apply')
    expect(done.exitCode, done.stderr).toBe(0)
    await expect.poll(() => isLost).toBe(true)
    await expect(connectServer(old)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect(cluster.sql("select count(*) from pg_roles where rolname = 'old_app'")).toBe('0')
    expect(cluster.sql("select tableowner from pg_tables where tablename = 't'", 'shop')).toBe('shop_owner')
    expect(
      await run('roles', 'retire', 'postgres', '--heir', 'shop_owner', '--url', cluster.url('shop')),
    ).toMatchObject({ exitCode: 7 })
    cluster.sql('drop schema own cascade', 'shop')
  })
})

describe('T15 row-level security', () => {
  const table = { schema: 'app', table: 'orders', ownerColumn: 'owner_id' }
  it('hides the rows of others, refuses writing for them, gives no rows without a tenant, and binds the owner too', async () => {
    cluster.sql(`${rowSecuritySql(table).join(';')};${rowSecuritySql(table).join(';')}; delete from app.orders`, 'shop')
    const app = await login('shop_app_a')
    const as = async (userId: number, role: string, sql: string) => {
      await app.query('begin')
      try {
        await app.query(tenantSettingsSql({ userId, role }))
        return (await app.query(sql)).rowCount
      } finally {
        await app.query('commit')
      }
    }
    await as(1, 'user', "insert into app.orders (owner_id, note) values (1, 'mine')")
    await as(2, 'user', "insert into app.orders (owner_id, note) values (2, 'other')")
    await expect(as(1, 'user', 'insert into app.orders (owner_id) values (2)')).rejects.toMatchObject({ code: '42501' })
    expect(await as(1, 'user', 'select * from app.orders')).toBe(1)
    expect(await as(1, 'user', "update app.orders set note = 'stolen' where owner_id = 2")).toBe(0)
    expect(await as(9, 'admin', 'select * from app.orders')).toBe(2)
    expect((await app.query('select * from app.orders')).rowCount).toBe(0)
    await app.end()
    const owner = await login('shop_migrator')
    expect((await owner.query('select * from app.orders')).rowCount).toBe(0)
    await owner.end()
  })

  it('is audited: tables without policy, logins that bypass, views and functions that run as their owner', async () => {
    cluster.sql(
      `create table app.unguarded (owner_id int); create view app.leak as select * from app.orders; create role bypasser login bypassrls;
      create function app.escalate() returns int language sql security definer as 'select 1'`,
      'shop',
    )
    const client = await connectServer(parseConnection(cluster.url('shop')))
    const found = (await auditRowSecurity(client, { schemas: ['app'], tenantColumns: ['owner_id'] })).map(
      ({ id, evidence }) => `${id} ${evidence}`,
    )
    await client.end()
    expect(found.join('\n')).toMatch(/rls.no-policy app.unguarded/)
    expect(found.join('\n')).toMatch(/rls.view app.leak/)
    expect(found.join('\n')).toMatch(/rls.bypass .*bypasser/)
    expect(found.join('\n')).toMatch(/rls.definer app.escalate/)
    cluster.sql(
      `drop view app.leak; drop table app.unguarded; drop function app.escalate(); drop role bypasser; ${undoRowSecuritySql(table).join(';')}`,
      'shop',
    )
  })
})

describe('T16 a connection limit', () => {
  it('lets exactly so many in and names the role when it is reached; a superuser is not bound by it', async () => {
    cluster.sql(
      "alter role shop_ro connection limit 2; create role unbound superuser login connection limit 1 password 'unbound-password-1'",
    )
    const open = [await login('shop_ro'), await login('shop_ro')]
    await expect(login('shop_ro')).rejects.toMatchObject({
      code: 'TOO_MANY_CONNECTIONS',
      message: expect.stringContaining('shop_ro'),
    })
    const unbound = { ...parseConnection(cluster.url('shop', 'unbound')), password: new Secret('unbound-password-1') }
    const sessions = [await connectServer(unbound), await connectServer(unbound), await connectServer(unbound)]
    for (const client of [...open, ...sessions]) await client.end()
    cluster.sql('drop role unbound')
  })
})

describe('T17 timeouts of a role', () => {
  it('really cancel: statements, locks, idle transactions', async () => {
    cluster.sql(
      "alter role shop_app_b set statement_timeout = '100ms'; alter role shop_app_b set lock_timeout = '50ms'; alter role shop_app_b set idle_in_transaction_session_timeout = '100ms'",
    )
    const app = await login('shop_app_b')
    await expect(app.query('select pg_sleep(2)')).rejects.toMatchObject({ code: '57014' })
    const holder = await login('shop_app_a')
    await holder.query('begin; insert into app.orders (owner_id) values (5); update app.orders set note = note')
    await expect(app.query('update app.orders set note = note')).rejects.toMatchObject({ code: '55P03' })
    await holder.query('rollback')
    await holder.end()
    await app.query('begin')
    await expect
      .poll(
        () =>
          app.query('select 1').then(
            () => 'alive',
            (error) => error.code ?? 'lost',
          ),
        { interval: 150 },
      )
      .toMatch(/25P03|lost/)
    await app.end().catch(() => {})
  })
})

describe('T13 a cluster whose application role made it', () => {
  it('is told by doctor, and the recipe ends with an ordinary login whose limit holds', async () => {
    const image = await clusterOfTest({ superuser: 'cmsvs_user' })
    image.sql('create database cmsvs_db; ')
    image.sql('create schema app; create table app.files (n int)', 'cmsvs_db')
    const doctor = await run('doctor', '--url', image.url('cmsvs_db'), '--app-role', 'cmsvs_user', '--format', 'json')
    expect(doctor.exitCode).toBe(1)
    const check = doctor.json().checks.find(({ id }) => id === 'roles.app-superuser')
    expect(check).toMatchObject({ verdict: 'fail', remediation: expect.stringContaining('roles apply') })
    const spec = join(stateFolder, 'cmsvs.yaml')
    writeFileSync(
      spec,
      'database: cmsvs_db\nschemas: [app]\nroles:\n  cmsvs_owner: {kind: owner}\n  cmsvs_rw: {kind: group}\n  cmsvs_db_app: {kind: app, connectionLimit: 2}\n',
    )
    const applied = await run(
      'roles',
      'apply',
      '--url',
      image.url('cmsvs_db'),
      '--file',
      spec,
      '--passwords',
      join(stateFolder, 'cmsvs'),
      '--apply',
    )
    expect(applied.exitCode, applied.stderr).toBe(0)
    const app = () => connectServer(parseConnection(image.url('cmsvs_db', 'cmsvs_db_app')))
    const open = [await app(), await app()]
    expect((await open[0].query('insert into app.files values (1)')).rowCount).toBe(1)
    await expect(app()).rejects.toMatchObject({ code: 'TOO_MANY_CONNECTIONS' })
    for (const client of open) await client.end()
    const again = await run('doctor', '--url', image.url('cmsvs_db'), '--app-role', 'cmsvs_db_app', '--format', 'json')
    expect(again.json().checks.find(({ id }) => id === 'roles.app-superuser')?.verdict).toBe('pass')
    await image.stop()
  })
})

describe('rls and emergency', () => {
  it('policies are planned, applied and audited by command; the break-glass role opens for a while only', async () => {
    cluster.sql('create table app.tasks (id int, owner_id int); insert into app.tasks values (1, 1), (2, null)', 'shop')
    const table = ['--table', 'app.tasks', '--owner-column', 'owner_id']
    expect((await run('rls', 'plan', ...table)).stdout).toContain('force row level security;')
    const applied = await run('rls', 'apply', ...table, '--url', cluster.url('shop'), '--apply')
    expect(applied.stdout).toContain('app.tasks: 1 row(s) without an owner')
    const audit = await run(
      'rls',
      'audit',
      '--schema',
      'app',
      '--tenant-column',
      'owner_id',
      '--url',
      cluster.url('shop'),
    )
    expect(audit.stdout).not.toContain('app.tasks')
    const glass = join(stateFolder, 'glass')
    const opened = await run(
      'emergency',
      'open',
      'shop_break_glass',
      '--reason',
      'incident',
      '--to-file',
      glass,
      '--url',
      cluster.url('shop'),
      '--apply',
    )
    expect(opened.exitCode, opened.stderr).toBe(0)
    const password = new Secret(readFileSync(glass, 'utf8').trim())
    const parameters = { ...parseConnection(cluster.url('shop', 'shop_break_glass')), password }
    await (await connectServer(parameters)).end()
    expect(
      (await run('emergency', 'close', 'shop_break_glass', '--url', cluster.url('shop'), '--apply')).exitCode,
    ).toBe(0)
    await expect(connectServer(parameters)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect((await run('emergency', 'superusers', '--url', cluster.url('shop'))).stdout).toContain(
      'postgres  made this cluster',
    )
  })
})
