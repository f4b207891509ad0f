import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
  })
  cluster.sql(
    `create role app_owner nologin; create role app_rw login password 'a-word-of-this-test'; create role auditor login`,
  )
})
afterAll(() => cluster.stop())

const ODD = `"odd "".s"."t'; --\\"`

/** A database with a table of the application and one with hostile names, and the command line at it. */
function shop(database: string) {
  cluster.sql(`create database ${database}`)
  const sql = (text: string) => cluster.sql(text, database)
  sql(
    `create schema app authorization app_owner; grant usage on schema app to app_rw; set role app_owner;
    create table app.orders (id int primary key, note text, card text, amount numeric);
    grant select, insert, update, delete, truncate on app.orders to app_rw; reset role;
    create schema "odd "".s"; create table ${ODD} ("k'""ey\\" int primary key, "a{,}""\\" text, "s'ecret{}""\\" text)`,
  )
  const line = newCommandLine()
  onTestFinished(line.remove)
  const run = (...words: string[]) =>
    line.run('changes', ...words, ...(words.includes('--url') ? [] : ['--url', cluster.url(database)]))
  const asApp = (text: string) => sql(`set session authorization app_rw; set application_name = 'shop'; ${text}`)
  const logged = (columns: string) => sql(`select ${columns} from change_log.changes order by id`)
  return { run, sql, asApp, logged }
}

const orders = ['--table', 'app.orders', '--secret', 'app.orders.card'] as const

describe('T80 change log of chosen tables', () => {
  it('logs who changed what, without the secret, and a second install does nothing', async () => {
    const { run, sql, asApp, logged } = shop('logged')
    const plan = await run('plan', ...orders)
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining('statement(s) to do')])
    expect((await run('install', ...orders)).exitCode).toBe(0)
    expect(sql("select count(*) from pg_namespace where nspname = 'change_log'")).toBe('0')
    expect((await run('install', ...orders, '--apply', '--environment', 'production', '--waive-tls')).exitCode).toBe(7)
    expect((await run('install', ...orders, '--apply')).exitCode).toBe(0)
    expect((await run('install', ...orders, '--apply')).stdout).toContain('nothing to do')
    asApp(`insert into app.orders values (1, 'one', '4111-canary', 5);
      update app.orders set note = 'two', card = '4222-canary';
      update app.orders set card = '4333-canary'; update app.orders set amount = amount;
      begin; delete from app.orders; rollback; delete from app.orders; truncate app.orders`)
    expect(logged('operation, row_key, old_values, new_values, hidden_columns').split('\n')).toEqual([
      'INSERT|{"id": 1}||{"id": 1, "note": "one", "amount": 5}|{card}',
      'UPDATE|{"id": 1}|{"note": "one"}|{"note": "two"}|{card}',
      'UPDATE|{"id": 1}|{}|{}|{card}',
      'DELETE|{"id": 1}|{"id": 1, "note": "two", "amount": 5}||{card}',
      'TRUNCATE||||{}',
    ])
    expect(new Set(logged('session_role, set_role, application_name, at is not null').split('\n'))).toEqual(
      new Set(['app_rw||shop|t']),
    )
    sql('set role app_rw; insert into app.orders (id) values (2)')
    sql("set session_replication_role = 'replica'; insert into app.orders (id) values (3)")
    expect(logged('row_key, session_role, set_role').split('\n').slice(-2)).toEqual([
      '{"id": 2}|postgres|app_rw',
      '{"id": 3}|postgres|',
    ])
    expect(logged('changes')).not.toContain('canary')
    const show = await run('show', '--table', 'app.orders', '--most', '1', '--format', 'json')
    expect(show.json().data).toMatchObject([{ operation: 'INSERT', row_key: { id: 3 }, hidden_columns: ['card'] }])
  })

  it('logs no value at all once a secret column has another name, and verify tells', async () => {
    const { run, sql, logged } = shop('renamed')
    await run('install', ...orders, '--apply')
    sql("alter table app.orders rename card to pan; insert into app.orders values (1, 'one', 'canary')")
    expect(logged('operation, row_key, new_values, hidden_columns')).toBe('INSERT|||{card}')
    const verify = await run('verify', '--application', 'app_rw')
    expect([verify.exitCode, verify.stdout]).toEqual([1, expect.stringContaining('has no column card')])
  })

  it('survives hostile names of tables, columns, schema and owner', async () => {
    const { run, sql } = shop('hostile')
    const names = ['--schema', `lo'g "x\\`, '--owner', `own'er $grant$ "x\\`]
    const table = ['--table', ODD, '--secret', `${ODD}."s'ecret{}""\\"`]
    expect((await run('install', ...table, ...names, '--apply')).exitCode).toBe(0)
    expect((await run('install', ...table, ...names, '--apply')).stdout).toContain('nothing to do')
    sql(`insert into ${ODD} values (7, 'seen', 'canary')`)
    expect(
      sql(
        `select row_key ->> 'k''"ey\\', new_values ->> 'a{,}"\\', changes::text like '%canary%' from "lo'g ""x\\".changes`,
      ),
    ).toBe('7|seen|f')
    const verify = await run('verify', '--application', 'app_rw', ...names)
    expect([verify.exitCode, verify.stdout]).toEqual([0, expect.stringContaining('all passed')])
    expect((await run('remove', '--drop-rows', ...names, '--apply')).exitCode).toBe(0)
    expect(sql(`select count(*) from pg_trigger where not tgisinternal`)).toBe('0')
  })

  it('proves by trying that the application cannot get at the log, logged in or as a superuser who takes its identity', async () => {
    const { run, sql } = shop('proven')
    await run('install', ...orders, '--apply')
    const passwords = scratchFolder()
    writeFileSync(join(passwords, 'app_rw'), 'a-word-of-this-test\n', { mode: 0o600 })
    const verify = async (...more: string[]) => {
      const ran = await run('verify', '--application', 'app_rw', '--format', 'json', ...more)
      return ran.json().checks.filter((check) => check.verdict !== 'pass') as unknown as { title: string }[]
    }
    expect(await verify()).toEqual([])
    expect(await verify('--passwords', passwords)).toEqual([])
    const spoilt: [string, string, string][] = [
      [
        'grant usage on schema change_log to app_rw; grant update (row_key) on change_log.changes to app_rw',
        'app_rw may not update row_key',
        'revoke update (row_key) on change_log.changes from app_rw',
      ],
      [
        'grant delete on change_log.changes to app_rw',
        'app_rw may not delete',
        'revoke delete on change_log.changes from app_rw',
      ],
      ['grant change_log_owner to app_rw', 'app_rw may not become the owner', 'revoke change_log_owner from app_rw'],
      ['grant pg_read_all_data to app_rw', 'app_rw may not read', 'revoke pg_read_all_data from app_rw'],
      [
        'grant app_owner to app_rw',
        'app_rw may not disable dbops_change_log of app.orders',
        'revoke app_owner from app_rw',
      ],
      [
        'alter table app.orders disable trigger dbops_change_log',
        'changes of app.orders are logged',
        'alter table app.orders enable always trigger dbops_change_log',
      ],
      ['drop trigger dbops_change_log_truncate on app.orders', 'changes of app.orders are logged', ''],
    ]
    for (const [spoil, title, mend] of spoilt) {
      sql(spoil)
      for (const more of [[], ['--passwords', passwords]])
        expect(
          (await verify(...more)).map((check) => check.title),
          spoil,
        ).toContain(title)
      if (mend === '') await run('install', ...orders, '--apply')
      else sql(mend)
      expect(await verify(), mend).toEqual([])
    }
    sql(
      'create type app.mood as enum (); alter type app.mood owner to app_rw; alter table app.orders add mood app.mood[]',
    )
    expect((await verify()).map((check) => check.title)).toEqual(['app_rw owns no type of a logged column'])
    sql('drop table app.orders')
    expect((await verify()).map((check) => check.title)).toContain('changes of app.orders are logged')
  })

  it('lets a reader read and nothing else, keeps rows from their owner too, and remove keeps them', async () => {
    const { run, sql, asApp, logged } = shop('kept')
    await run('install', ...orders, '--reader', 'auditor', '--apply')
    asApp('insert into app.orders (id) values (1)')
    expect(sql('set session authorization auditor; select count(*) from change_log.changes')).toBe('1')
    const verify = await run('verify', '--application', 'auditor')
    expect([verify.exitCode, verify.stdout]).toEqual([0, expect.stringContaining('all passed')])
    for (const deed of ['delete from change_log.changes', 'truncate change_log.changes'])
      expect(() => sql(`set role change_log_owner; ${deed}`)).toThrow('only added to')
    expect((await run('remove')).stdout).toContain('--apply does it')
    expect((await run('remove', '--apply')).stdout).toContain('the rows stay')
    expect((await run('remove', '--apply')).stdout).toContain('nothing to do')
    asApp('insert into app.orders (id) values (2)')
    expect(logged('row_key')).toBe('{"id": 1}')
    expect((await run('remove', '--drop-rows', '--apply')).stdout).toContain('are gone')
    expect(sql("select count(*) from pg_namespace where nspname = 'change_log'")).toBe('0')
  })

  it('is installed by an administrator who is no superuser, whose proof logs in', async () => {
    const { run, sql } = shop('managed')
    sql(`create role admin login createrole password 'a-word-of-the-admin'; grant app_owner to admin;
      alter database managed owner to admin`)
    const passwords = scratchFolder()
    for (const [name, word] of Object.entries({ admin: 'a-word-of-the-admin', app_rw: 'a-word-of-this-test' }))
      writeFileSync(join(passwords, name), `${word}\n`, { mode: 0o600 })
    const as = ['--url', cluster.url('managed', 'admin'), '--password-file', join(passwords, 'admin')]
    const own = ['--schema', 'log', '--owner', 'log_owner', ...as]
    expect((await run('install', ...orders, ...own, '--apply')).exitCode).toBe(0)
    expect((await run('install', ...orders, ...own, '--apply')).stdout).toContain('nothing to do')
    const verify = await run('verify', '--application', 'app_rw', '--passwords', passwords, ...own)
    expect([verify.exitCode, verify.stdout]).toEqual([0, expect.stringContaining('all passed')])
    expect((await run('verify', '--application', 'app_rw', ...own)).exitCode).toBe(4)
    expect((await run('remove', '--drop-rows', ...own, '--apply')).exitCode).toBe(0)
  })

  it('refuses what it cannot log or own, and says why', async () => {
    const { run, sql } = shop('refused')
    sql('create view app.seen as select 1; create schema change_log')
    const refused = async (code: number, words: string, ...args: string[]) => {
      const ran = await run('install', '--apply', ...args)
      expect([ran.exitCode, ran.stderr]).toEqual([code, expect.stringContaining(words)])
    }
    await refused(7, 'belongs to postgres', '--table', 'app.orders')
    await refused(7, 'may log in', '--table', 'app.orders', '--owner', 'app_rw', '--schema', 'log')
    await refused(7, 'no ordinary table', '--table', 'app.seen', '--schema', 'log')
    await refused(7, 'belongs to its key', '--table', 'app.orders', '--secret', 'app.orders.id', '--schema', 'log')
    await refused(2, 'has no column', '--table', 'app.orders', '--secret', 'app.orders.none', '--schema', 'log')
    await refused(2, 'is not there', '--table', 'app.none', '--schema', 'log')
    await refused(2, 'is of no --table', '--table', 'app.orders', '--secret', 'app.other.card')
    await refused(2, 'is not schema.table', '--table', 'orders')
    expect((await run('verify', '--application', 'app_rw', '--schema', 'log')).exitCode).toBe(7)
  })
})

describe('T80 retention of the change log', () => {
  /** A log with one change for each of so many days, the oldest first. */
  async function aged(database: string, count: number) {
    const place = shop(database)
    await place.run('install', ...orders, '--apply')
    place.sql(`insert into change_log.changes (at, session_role, schema_name, table_name, operation, new_values, hidden_columns)
      select now() - n * interval '1 day', 'app_rw', 'app', 'orders', 'INSERT', jsonb_build_object('note', repeat('x', 1000)), '{}' from generate_series(${count}, 1, -1) as n`)
    return place
  }

  it('removes by age in batches, and tells in the log and in the record what', async () => {
    const { run, sql, logged } = await aged('pruned', 25)
    const plan = await run('prune', '--keep-days', '10', '--format', 'json')
    expect([plan.exitCode, plan.json().data]).toEqual([
      0,
      expect.objectContaining({
        count: 16,
        firstId: '1',
        lastId: '16',
        oldest: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      }),
    ])
    expect(logged('id').split('\n')).toHaveLength(25)
    const production = ['--environment', 'production', '--waive-tls']
    expect((await run('prune', '--keep-days', '10', '--apply', ...production)).exitCode).toBe(7)
    const done = await run('prune', '--keep-days', '10', '--batch', '6', '--apply')
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('16 change(s) removed, from ')])
    const entries = sql(
      "select old_values ->> 'count', old_values ->> 'first_id', old_values ->> 'last_id', session_role, set_role from change_log.changes where operation = 'PRUNE' order by id",
    )
    expect(entries.split('\n')).toEqual([
      '6|1|6|postgres|change_log_owner',
      '6|7|12|postgres|change_log_owner',
      '4|13|16|postgres|change_log_owner',
    ])
    expect(sql("select min(id), count(*) from change_log.changes where operation <> 'PRUNE'")).toBe('17|9')
    expect((await run('prune', '--keep-days', '10', '--apply')).stdout).toContain('nothing to do')
    expect(sql("select vacuum_count > 0 from pg_stat_user_tables where relname = 'changes'")).toBe('t')
    expect((await run('verify', '--application', 'app_rw')).exitCode).toBe(0)
  })

  it('removes by size the oldest, and keeps what fits', async () => {
    const { run, sql } = await aged('sized', 1500)
    expect((await run('prune', '--keep-mb', '1', '--keep-days', '36500', '--apply')).exitCode).toBe(0)
    const [bytes, next] = sql(
      `select sum(pg_column_size(c.*)), max(pg_column_size(c.*)) from change_log.changes c where operation <> 'PRUNE'`,
    )
      .split('|')
      .map(Number)
    expect(bytes).toBeLessThanOrEqual(1 << 20)
    expect(bytes + next).toBeGreaterThan(1 << 20)
    expect(sql("select max(id) from change_log.changes where operation <> 'PRUNE'")).toBe('1500')
  })

  it('is the way of the owner alone: the word that opens it helps nobody else', async () => {
    const { sql } = await aged('guarded', 2)
    const word = "set dbops.change_log_prune = 'on'; delete from change_log.changes"
    expect(() => sql(word)).toThrow('only added to')
    sql('grant usage on schema change_log to app_rw; grant delete, select on change_log.changes to app_rw')
    expect(() => sql(`set session authorization app_rw; ${word}`)).toThrow('only added to')
    expect(() => sql(`set session authorization app_rw; set role change_log_owner; ${word}`)).toThrow(
      'permission denied',
    )
    expect(() => sql('set role change_log_owner; delete from change_log.changes')).toThrow('only added to')
    expect(() =>
      sql("set role change_log_owner; set dbops.change_log_prune = 'on'; truncate change_log.changes"),
    ).toThrow('only added to')
  })

  it('wants a rule, a log, and one that is as it is installed now', async () => {
    const { run, sql } = shop('old_log')
    expect(await run('prune')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--keep-days') })
    expect((await run('prune', '--keep-days', 'x')).exitCode).toBe(2)
    expect((await run('prune', '--keep-days', '1')).exitCode).toBe(7)
    await run('install', ...orders, '--apply')
    sql(
      `create or replace function change_log.refuse() returns trigger language plpgsql security definer as 'begin raise exception ''no''; end'`,
    )
    expect(await run('prune', '--keep-days', '1', '--apply')).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('dbops changes install'),
    })
    expect((await run('install', ...orders, '--apply')).exitCode).toBe(0)
    expect((await run('prune', '--keep-days', '1', '--apply')).exitCode).toBe(0)
  })
})
