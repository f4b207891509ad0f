import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogChecks } from '../src/doctor/catalog-checks.ts'
import { judgePatchLevel } from '../src/doctor/patch-level.ts'
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
`

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

const examine = async (cluster: TestCluster, database: string, appRole: string, ...more: string[]) =>
  await run('doctor', '--url', cluster.url(database), '--app-role', appRole, '--format', 'json', ...more)

describe('T90 doctor', () => {
  it('fails a weak cluster, and every statement it proposes turns its check green', async () => {
    const before = await examine(weak, 'app', 'app')
    expect(before.exitCode).toBe(1)
    const failing = before.json().checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn') as Checks
    const ids = failing.map(({ id }) => id)
    const seldom = [
      'db.wraparound',
      'db.collation',
      'db.prepared',
      'db.long-transactions',
      'db.checksum-failures',
      'archive.failing',
      'conn.capacity',
      'roles.app-attributes',
    ]
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

describe('T91 an ordinary role', () => {
  it('passes nothing for an ordinary role that it fails for a superuser', async () => {
    weak.sql('create role nobody_special login; grant connect on database app to nobody_special')
    const asSuperuser = (await examine(weak, 'app', 'app')).json().checks as Checks
    const asNobody = (
      await run('doctor', '--url', weak.url('app', 'nobody_special'), '--app-role', 'app', '--format', 'json')
    ).json().checks as Checks
    const failed = new Set(asSuperuser.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id))
    expect(asNobody.filter(({ id, verdict }) => verdict === 'pass' && failed.has(id))).toEqual([])
    expect(asNobody.filter(({ verdict }) => verdict === 'skipped').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['credentials.guessable', 'hba.readable', 'settings.file', 'backup.recent']),
    )
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
