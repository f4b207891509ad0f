import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withServer } from '../src/connection/connect.ts'
import type { ServerClient } from '../src/connection/server-client.ts'
import { catalogChecks } from '../src/doctor/catalog-checks.ts'
import { judgePatchLevel } from '../src/doctor/patch-level.ts'
import { sessionChecks } from '../src/doctor/session-checks.ts'
import { stateChecks } from '../src/doctor/state-checks.ts'
import { settingExpectations } from '../src/settings/expectations.ts'
import { Journal } from '../src/state/journal.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

type Checks = { id: string; verdict: string; evidence: string; remediation?: string }[]
const { run, stateFolder, remove } = newCommandLine()
let weak: TestCluster

/** Everything the three guides leave open, and more. */
const WEAKEN = `
  create role app login superuser; create role other login createrole createdb bypassrls password 'admin';
  create role more login superuser; grant pg_execute_server_program to other;
  grant create on schema public to public;
  create table t (id serial, owner_id int); grant select on t to public; grant select on t to other with grant option;
  create policy p on t using (true);
  create table u (id int); alter table u enable row level security;
  create function f() returns int language sql security definer as 'select 1';
  create extension file_fdw; create extension postgres_fdw; create server s foreign data wrapper postgres_fdw;
  create user mapping for other server s options (user 'x', password 'y');
  create sequence nearly as int start 2147483000; select nextval('nearly');
  create table d (n int); insert into d values (1), (1);
  set password_encryption = md5; create role old login password 'x9Qd-long-enough-value';
  alter table t owner to app;
  create role gone login valid until '2020-01-01'; create role copier login replication;
  create role team; grant team to other with admin option; grant pg_write_all_data to other;
  alter role other set row_security = off; alter database app set session_replication_role = replica;
  alter default privileges grant select on tables to public;
  grant execute on function pg_read_file(text) to other; grant select on pg_shadow to other;
  grant usage on foreign server s to public;
  create table v (id int primary key, n int); alter table v add constraint positive check (n > 0) not valid;
  create function tf() returns trigger language plpgsql as 'begin return new; end'; revoke execute on function tf() from public;
  create trigger tr before insert on v for each row execute function tf(); alter table v disable trigger tr;
  create index v1 on v (n); create index v2 on v (n);
  create unlogged table w (n int) with (autovacuum_enabled = off);
  create publication everything for all tables;
  create subscription sub connection 'host=192.0.2.1 password=y' publication p with (connect = false);
  alter database template0 allow_connections true;
`

/** Checks that a cluster cannot be made to fail in a moment, or not together with the others. */
const seldom = [
  'db.wraparound',
  'db.multixact',
  'db.collation',
  'db.prepared',
  'db.long-transactions',
  'db.checksum-failures',
  'db.encoding',
  'activity.idle-in-transaction',
  'activity.blocked',
  'activity.clear-text',
  'archive.failing',
  'conn.capacity',
  'roles.app-attributes',
  'grants.app-ddl',
  'grants.app-excess',
]

beforeAll(async () => {
  weak = await startCluster({ settings: { max_prepared_transactions: '2', wal_level: 'logical' } })
  weak.sql('create database app')
  weak.sql(WEAKEN, 'app')
  try {
    weak.sql('create unique index concurrently bad on d (n)', 'app')
  } catch {
    // it leaves an invalid index
  }
  weak.sql("select pg_create_physical_replication_slot('nobody')")
})
afterAll(async () => {
  remove()
  await weak.stop()
})

const verdictOf = async (cluster: TestCluster, id: string) =>
  ((await examine(cluster, 'postgres', 'postgres')).json().checks as Checks).find((one) => one.id === id)?.verdict

const examine = async (cluster: TestCluster, database: string, appRole: string, ...more: string[]) =>
  await run('doctor', '--url', cluster.url(database), '--app-role', appRole, '--format', 'json', ...more)

describe('T91 an ordinary role', () => {
  it('passes nothing that fails for a superuser', async () => {
    weak.sql('create role nobody_special login; grant connect on database app to nobody_special')
    const asSuperuser = (await examine(weak, 'app', 'app')).json().checks as Checks
    const asNobody = (
      await run('doctor', '--url', weak.url('app', 'nobody_special'), '--app-role', 'app', '--format', 'json')
    ).json().checks as Checks
    const failed = new Set(
      asSuperuser.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id),
    )
    expect(asNobody.filter(({ id, verdict }) => verdict === 'pass' && failed.has(id))).toEqual([])
    expect(asNobody.filter(({ verdict }) => verdict === 'skipped').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['credentials.guessable', 'hba.readable', 'settings.file', 'backup.recent']),
    )
  })
})

describe('T90 doctor', () => {
  it('fails a weak cluster, and every statement it proposes turns its check green', async () => {
    const before = await examine(weak, 'app', 'app')
    expect(before.exitCode).toBe(1)
    const failing = before.json().checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn') as Checks
    const ids = failing.map(({ id }) => id)
    for (const { id } of catalogChecks) if (!seldom.includes(id)) expect(ids).toContain(id)
    expect(ids).toEqual(
      expect.arrayContaining(['credentials.guessable', 'credentials.md5', 'settings.ssl', 'hba.trust', 'backup.drill']),
    )
    const statements = failing.filter(({ remediation }) =>
      /^(alter|revoke|drop|create|select)\b/.test(remediation ?? ''),
    )
    expect(statements.length).toBeGreaterThan(25)
    for (const { remediation } of statements) for (const one of (remediation ?? '').split('; ')) weak.sql(one, 'app')
    weak.sql('alter role app nosuperuser', 'app')
    weak.sql(
      "alter table t owner to postgres; alter role old password 'SCRAM-reset-by-hand-1'; alter role other password null",
      'app',
    )
    weak.sql('alter system reset ssl')
    await weak.restart()
    // a superuser that became ordinary needs a limit, a table whose policies were switched on needs them forced
    const between = (await examine(weak, 'app', 'app')).json().checks as Checks
    for (const { verdict, remediation = '' } of between)
      if (verdict === 'fail' && /^alter (role|table)/.test(remediation))
        for (const one of remediation.split('; ')) weak.sql(one, 'app')
    const after = await examine(weak, 'app', 'app')
    const still = (after.json().checks as Checks).filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
    const fixed = statements
      .map(({ id }) => id)
      .filter((id) => id !== 'settings.ssl' && id !== 'settings.data_checksums')
    expect(still.filter((id) => fixed.includes(id))).toEqual([])
  })

  const passed = (interval: string) => (sql: string) => sql.replace(interval, '-1 second')
  it.each<[string, (client: ServerClient) => Promise<unknown>, ((sql: string) => string)?]>([
    [
      'db.wraparound',
      (client) => client.query("update pg_database set datfrozenxid = '3194968046' where datname = 'postgres'"),
    ],
    [
      'db.multixact',
      (client) => client.query("update pg_database set datminmxid = '3194968046' where datname = 'postgres'"),
    ],
    [
      'db.collation',
      (client) => client.query("update pg_collation set collversion = '1' where collname = 'und-x-icu'"),
    ],
    [
      'db.prepared',
      (client) => client.query("begin; create table prepared (); prepare transaction 'forgotten'"),
      passed('1 hour'),
    ],
    ['db.long-transactions', (client) => client.query('begin; select 1'), passed('1 hour')],
    ['activity.idle-in-transaction', (client) => client.query('begin; select 1'), passed('10 minutes')],
    ['activity.clear-text', async () => {}, (sql) => sql.replace('127.0.0.0/8', '192.0.2.0/24')],
    ['conn.capacity', async () => {}, (sql) => sql.replace('0.8', '0')],
    ['roles.app-attributes', (client) => client.query('alter role worker createdb')],
    ['grants.app-ddl', (client) => client.query('grant create on schema public to worker')],
    ['grants.app-excess', (client) => client.query('grant truncate on d to worker')],
  ])('sees %s', async (id, spoil, change = (sql) => sql) => {
    const check = catalogChecks.find((one) => one.id === id)
    if (check === undefined) throw new Error(`no check ${id}`)
    const found = async (sql: string) =>
      await withServer(
        parseConnection(weak.url('app')),
        async (client) => (await client.query(sql, sql.includes('$1') ? ['worker'] : [])).rows.length,
      )
    weak.sql('drop role if exists worker; create role worker login', 'app')
    // pass, with the limits as they are
    if (id !== 'conn.capacity') expect(await found(check.sql)).toBe(0)
    const spoiler = await connectServer(parseConnection(weak.url('app')))
    await spoil(spoiler)
    await expect.poll(() => found(change(check.sql))).toBeGreaterThan(0)
    await spoiler.end()
    weak.sql(
      `update pg_database set datfrozenxid = (select min(datfrozenxid::text::bigint)::text::xid from pg_database where datname <> 'postgres'), datminmxid = '1' where datname = 'postgres';
      update pg_collation set collversion = pg_collation_actual_version(oid) where collname = 'und-x-icu'; drop owned by worker`,
      'app',
    )
    if (id === 'db.prepared') weak.sql("rollback prepared 'forgotten'", 'app')
  })

  it('sees somebody who waits for a lock', async () => {
    const [check] = catalogChecks.filter(({ id }) => id === 'activity.blocked')
    const holder = await connectServer(parseConnection(weak.url('app')))
    const waiter = await connectServer(parseConnection(weak.url('app')))
    await holder.query('begin; lock table d in access exclusive mode')
    const waiting = waiter.query('select count(*) from d')
    await expect.poll(() => weak.sql(passed('5 minutes')(check.sql), 'app')).toContain('waits for')
    await holder.query('rollback')
    await waiting
    await holder.end()
    await waiter.end()
  })

  it('sees a database without encoding', async () => {
    weak.sql("create database bytes template template0 encoding 'SQL_ASCII' locale 'C'")
    const checks = (await examine(weak, 'bytes', 'app')).json().checks as Checks
    expect(checks).toContainEqual(expect.objectContaining({ id: 'db.encoding', verdict: 'fail' }))
    weak.sql('drop database bytes')
  })

  it.each(settingExpectations.map((one) => [one.name, one] as const))(
    'takes the value that it recommends for %s, and not every other',
    (_, { isFine, recommended }) => {
      expect(isFine(recommended)).toBe(true)
      const others = [
        'off',
        'on',
        '-1',
        '0',
        '1',
        '2000000000',
        '',
        '*',
        'md5',
        'all',
        'minimal',
        'panic',
        '0777',
        'replica',
        'TLSv1',
        'x',
        'terse',
        '%m ',
      ]
      expect(others.filter((value) => !isFine(value))).not.toEqual([])
    },
  )

  it('lets a failure pass under a waiver until its last day', async () => {
    const file = join(stateFolder, 'waivers.yaml')
    const verdict = async (expires: string) => {
      writeFileSync(file, `waivers:\n  - {id: backup.drill, reason: new cluster, owner: ops, expires: "${expires}"}\n`)
      return ((await examine(weak, 'app', 'app', '--waivers', file)).json().checks as Checks).find(
        ({ id }) => id === 'backup.drill',
      )?.verdict
    }
    expect(await verdict('2999-01-01')).toBe('waived')
    expect(await verdict('2020-01-01')).toBe('fail')
    writeFileSync(file, 'waivers:\n  - {id: backup.drill}\n')
    expect((await examine(weak, 'app', 'app', '--waivers', file)).exitCode).toBe(2)
  })

  it('prints all forms', async () => {
    for (const [format, part] of [
      ['sarif', '"version": "2.1.0"'],
      ['junit', '<testsuite'],
      ['nagios', 'DBOPS CRITICAL'],
      ['prom', 'dbops_check_ok{'],
      ['text', 'FAIL'],
    ] as const) {
      const printed = await run('doctor', '--url', weak.url('app'), '--app-role', 'app', '--format', format)
      expect(printed.stdout).toContain(part)
    }
  })

  it('judges versions by its table, and says how old that is', () => {
    const now = new Date('2026-11-01')
    expect(judgePatchLevel(150_018, now)).toMatchObject({ isCurrent: true })
    expect(judgePatchLevel(150_002, now)).toMatchObject({
      isCurrent: false,
      evidence: expect.stringContaining('table of'),
    })
    expect(judgePatchLevel(130_023, now)).toMatchObject({ isCurrent: false })
  })
})

describe('T90 what doctor sees beside the catalog', () => {
  it('is a page that was damaged', async () => {
    const cluster = await clusterOfTest({ initArguments: ['--data-checksums'] })
    cluster.sql('create table precious as select generate_series(1, 1000) as n; checkpoint')
    const file = join(cluster.dataFolder, cluster.sql("select pg_relation_filepath('precious')"))
    expect(await verdictOf(cluster, 'db.checksum-failures')).toBe('pass')
    await cluster.shutdown()
    const bytes = readFileSync(file)
    bytes[5000] ^= 1
    writeFileSync(file, bytes)
    await cluster.start()
    expect(() => cluster.sql('select count(*) from precious')).toThrow(/invalid page/)
    await expect.poll(() => verdictOf(cluster, 'db.checksum-failures')).toBe('fail')
  })

  it.each([
    [90, { bits: 256, asn1Curve: 'prime256v1' }, 'pass', 'pass'],
    [20, { bits: 2048 }, 'warn', 'pass'],
    [3, { bits: 1024 }, 'fail', 'fail'],
    [-1, {}, 'fail', 'skipped'],
  ])('is a certificate that lasts %s days with the key %j', (days, key, expiry, strength) => {
    const now = new Date('2026-01-01T00:00:00Z')
    const certificate = { ...key, valid_to: new Date(now.getTime() + (days + 0.5) * 86_400_000).toUTCString() }
    const tlsSocket = { getPeerCertificate: () => certificate, getProtocol: () => 'TLSv1.3' }
    const verdicts = sessionChecks({ host: 'db.example', tlsSocket } as unknown as ServerClient, now)
    expect(verdicts).toMatchObject([{ verdict: 'pass' }, { verdict: expiry }, { verdict: strength }])
    expect(sessionChecks({ host: 'db.example', tlsSocket: null } as unknown as ServerClient, now)).toMatchObject([
      { verdict: 'fail' },
      { verdict: 'skipped' },
      { verdict: 'skipped' },
    ])
  })

  it('is a log that somebody changed, an old rotation, and a change that was broken off', async () => {
    const own = newCommandLine()
    const look = () =>
      Object.fromEntries(
        stateChecks({ stateFolder: own.stateFolder, now: new Date('2026-06-01') } as never).map(({ id, verdict }) => [
          id,
          verdict,
        ]),
      )
    await own.run('rollback', 'list')
    expect(look()).toEqual({
      'audit.intact': 'pass',
      'rotation.age': 'skipped',
      'state.unfinished': 'pass',
      'state.temporary': 'pass',
    })
    const folder = join(own.stateFolder, 'journal')
    const change = { kind: 'rotate', target: 'a,b', payload: {} }
    const rotation = Journal.begin(folder, change, () => new Date('2026-01-01'))
    expect(look()).toMatchObject({ 'state.unfinished': 'fail' })
    rotation.finish()
    expect(look()).toMatchObject({ 'rotation.age': 'fail', 'state.unfinished': 'pass' })
    Journal.begin(folder, change, () => new Date('2026-05-01')).finish()
    expect(look()).toMatchObject({ 'rotation.age': 'pass' })
    const log = join(own.stateFolder, 'audit/operations-000001.jsonl')
    writeFileSync(log, readFileSync(log, 'utf8').replace('rollback list', 'rollback what'))
    expect(look()).toMatchObject({ 'audit.intact': 'fail' })
    own.remove()
  })
})

describe('T04 stored passwords', () => {
  it('that are defaults are found from their verifiers, strong ones are not, and nothing is passed without the right to look', async () => {
    weak.sql(
      "set password_encryption = 'scram-sha-256'; create role lazy login password 'lazy123'; create role careful login password 'wT7-quartz_Lemon.42vb'",
    )
    const found = (await examine(weak, 'app', 'app')).json().checks.find(({ id }) => id === 'credentials.guessable')
    expect(found).toMatchObject({ verdict: 'fail', evidence: 'lazy' })
    weak.sql('drop role lazy')
  })
})
