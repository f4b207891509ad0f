import { closeSync, existsSync, openSync, readFileSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namePattern } from '../src/maintenance/log-files.ts'
import { periods, spanAt } from '../src/maintenance/periods.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
let clock = (): Date => new Date()
const { run, remove } = newCommandLine({}, () => clock())
beforeAll(async () => {
  cluster = await startCluster({
    settings: {
      autovacuum: 'off',
      shared_preload_libraries: 'pg_stat_statements',
      logging_collector: 'on',
      log_filename: 'server-%Y-%m-%d_%H%M%S.log',
    },
  })
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

/** `maint run` by rules that are given as YAML. */
async function maintain(rules: string, server = { url: cluster.url() }, ...words: string[]) {
  const file = join(scratchFolder(), 'rules.yaml')
  writeFileSync(file, rules)
  const ran = await run('maint', 'run', '--rules', file, '--url', server.url, '--format', 'json', ...words)
  const json = ran.json()
  return { ...json, exitCode: ran.exitCode, tasks: json.data as { kind: string; object: string; sql: string | null }[] }
}

/** Checks of `maint run --apply` without what every database needs. */
async function applied(rules: string, database = 'postgres', ...words: string[]) {
  const ran = await maintain(rules, { url: cluster.url(database) }, '--apply', ...words)
  const checks = (ran.checks as unknown as { id: string; title: string; verdict: string; evidence: string }[]).filter(
    ({ id }) => !/^maint\.(vacuum|analyze)$/.test(id),
  )
  return { ...ran, checks }
}

describe('T100 damage that amcheck finds', () => {
  it('is found in an index and in a table, named, and no damage is found where there is none', async () => {
    const own = await clusterOfTest({ settings: { autovacuum: 'off' } })
    own.sql(`create table whole (n int primary key); insert into whole select generate_series(1, 500);
      create table "odd 'x" (n int); insert into "odd 'x" select generate_series(1, 500);
      create index "odd 'i" on "odd 'x" (n); create table broken (n int, t text); insert into broken select n, 'some text' from generate_series(1, 500) n;
      vacuum freeze; checkpoint`)
    const rules = 'integrity: { indexes: rows }'
    const check = () => maintain(rules, { url: own.url() }, '--apply')
    const sound = await check()
    expect([sound.exitCode, sound.checks.filter(({ verdict }) => verdict !== 'pass')]).toEqual([0, []])
    expect(sound.checks.map(({ id }) => id)).toContain('maint.install-amcheck')
    const fileOf = (name: string) => join(own.dataFolder, own.sql(`select pg_relation_filepath('${name}')`))
    const files = { index: fileOf(`"odd ''i"`), table: fileOf('broken') }
    await own.shutdown()
    // the key of the first entry of the first leaf, which lies last before the 16 bytes that end a page
    overwrite(files.index, 2 * 8192 - 16 - 8, Buffer.from([0xff, 0xff, 0xff, 0x7f]))
    // the first line pointer of the first page: in use, 100 bytes, at an offset that leaves the page
    const pointer = Buffer.alloc(4)
    pointer.writeUInt32LE(0x7fff | (1 << 15) | (100 << 17))
    overwrite(files.table, 24, pointer)
    await own.start()
    const found = await check()
    const failed = found.checks.filter(({ verdict }) => verdict === 'fail') as unknown as Record<string, string>[]
    expect(failed.map(({ id, title, tier }) => [id, title, tier])).toEqual([
      ['maint.check-index', `"odd 'i"`, 'critical'],
      ['maint.check-table', 'broken', 'critical'],
    ])
    expect(failed[0].remediation).toBe(`reindex index concurrently "odd 'i"`)
    expect(failed[1].evidence).toMatch(/block 0, row 1: line pointer/)
    expect([found.exitCode, found.summary]).toEqual([5, expect.stringContaining('damage found')])
    own.sql(failed[0].remediation)
    expect((await check()).checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toEqual([
      'maint.check-table',
    ])
  })

  it('is not looked for in what the rule leaves out, and a right that is missing is a failure', async () => {
    cluster.sql('create database reading; create role reader login')
    cluster.sql('create table t (n int primary key); create extension amcheck', 'reading')
    const kinds = async (rule: string) =>
      new Set((await maintain(`integrity: ${rule}`, { url: cluster.url('reading') })).tasks.map(({ kind }) => kind))
    expect(await kinds('{ indexes: off }')).toEqual(new Set(['check-table']))
    expect(await kinds('{ indexes: structure, tables: false }')).toEqual(new Set(['check-index']))
    expect(await kinds('{ indexes: off, tables: false }')).toEqual(new Set())
    const all = await maintain('integrity: { isCatalogIncluded: true }', { url: cluster.url('reading') })
    expect(all.tasks.map(({ object }) => object)).toContain('pg_class')
    const forbidden = await maintain('integrity: {}', { url: cluster.url('reading', 'reader') }, '--apply')
    expect([forbidden.exitCode, forbidden.checks.map(({ verdict }) => verdict)]).toEqual([1, ['fail', 'fail']])
  })
})

describe('T100 partitions by a rule', () => {
  const odd = `"odd ""'s"."ev%I'x"`
  const rule = `partitions:\n  - { table: '${odd.replaceAll("'", "''")}', every: month, ahead: 2, keep: 2 }`
  const children = (database: string, table = odd) =>
    cluster
      .sql(
        `select c.relname, pg_get_expr(c.relpartbound, c.oid), pg_get_userbyid(c.relowner) from pg_inherits join pg_class c on c.oid = inhrelid
          where inhparent = $q$${table}$q$::regclass order by 1`,
        database,
      )
      .split('\n')

  it('are made ahead for their owner, old ones are detached with their rows, and a second run does nothing', async () => {
    cluster.sql('create role keeper; create database parted')
    cluster.sql(
      `create schema "odd ""'s"; create table ${odd} (at timestamptz not null, n int check (n > 0), primary key (at, n)) partition by range (at);
      alter table ${odd} owner to keeper; set timezone = 'UTC';
      create table old partition of ${odd} for values from ('2026-01-01') to ('2026-02-01'); insert into ${odd} values ('2026-01-15', 1)`,
      'parted',
    )
    cluster.sql("alter database parted set timezone = 'Asia/Kolkata'; alter database parted set datestyle = 'SQL, DMY'")
    clock = () => new Date('2026-03-31T23:59:59Z')
    const bound = (from: string, to: string) => `FOR VALUES FROM ('${from}') TO ('${to}')`
    const first = await applied(rule, 'parted')
    expect([first.exitCode, first.checks.map(({ id, verdict }) => `${id} ${verdict}`)]).toEqual([
      0,
      Array(3).fill('maint.add-partition pass'),
    ])
    expect(children('parted')).toEqual([
      `ev%I'x_p2026_03|${bound('01/03/2026 05:30:00 IST', '01/04/2026 05:30:00 IST')}|keeper`,
      `ev%I'x_p2026_04|${bound('01/04/2026 05:30:00 IST', '01/05/2026 05:30:00 IST')}|keeper`,
      `ev%I'x_p2026_05|${bound('01/05/2026 05:30:00 IST', '01/06/2026 05:30:00 IST')}|keeper`,
      `old|${bound('01/01/2026 05:30:00 IST', '01/02/2026 05:30:00 IST')}|postgres`,
    ])
    expect((await applied(rule, 'parted')).checks).toEqual([])
    clock = () => new Date('2026-04-01T00:00:00Z')
    const later = await applied(rule, 'parted')
    expect(later.checks.map(({ id, title, verdict }) => [id, title, verdict])).toEqual([
      ['maint.add-partition', `"odd ""'s"."ev%I'x_p2026_06"`, 'pass'],
      ['maint.detach-partition', 'old', 'pass'],
    ])
    expect(cluster.sql('select n from old', 'parted')).toBe('1')
    expect(cluster.sql(`select count(*) from ${odd}`, 'parted')).toBe('0')
    cluster.sql(`insert into ${odd} values ('2026-06-30 23:59:59+00', 7)`, 'parted')
    expect(() => cluster.sql(`insert into ${odd} values ('2026-06-30', 0)`, 'parted')).toThrow('check')
  })

  it('wait for rows in the default partition, for a name, and for a partition in the way; the rest is done', async () => {
    cluster.sql('create database crowded')
    clock = () => new Date('2026-03-10T12:00:00Z')
    cluster.sql(
      `create table e (day date) partition by range (day); create table e_default partition of e default; insert into e values ('2026-03-15');
      create table e_p2026_04 (n int); create table e_may partition of e for values from ('2026-05-10') to ('2026-05-20')`,
      'crowded',
    )
    const ran = await applied('partitions: [{ table: e, every: month, ahead: 3 }]', 'crowded')
    expect([ran.exitCode, ran.checks.map(({ verdict, evidence }) => [verdict, evidence])]).toEqual([
      1,
      [
        ['fail', 'e_p2026_04 is the name of another relation'],
        ['fail', 'e_may holds a part of 2026-05-01 to 2026-06-01'],
        ['fail', expect.stringContaining('e_default')],
        ['pass', 'is for 2026-06-01 to 2026-07-01: done'],
      ],
    ])
    expect(cluster.sql("select to_regclass('e_p2026_03') is null", 'crowded')).toBe('t')
  })

  it('that a session detaches by half are detached by the next run', async () => {
    cluster.sql('create database halves')
    clock = () => new Date('2026-03-10T12:00:00Z')
    cluster.sql(
      `create table e (at timestamp) partition by range (at); create table e_old partition of e for values from ('2020-01-01') to ('2020-02-01')`,
      'halves',
    )
    const reader = await connectServer(parseConnection(cluster.url('halves')))
    await reader.query('begin; select from e')
    const yearly = 'partitions: [{ table: e, every: year, ahead: 0, keep: 1 }]'
    const blocked = await applied(yearly, 'halves', '--lock-timeout', '50')
    expect(blocked.checks).toContainEqual(expect.objectContaining({ id: 'maint.detach-partition', verdict: 'skipped' }))
    expect(cluster.sql('select inhdetachpending from pg_inherits order by inhrelid limit 1', 'halves')).toBe('t')
    await reader.end()
    await expect
      .poll(async () => (await applied(yearly, 'halves')).checks.filter(({ verdict }) => verdict !== 'pass'))
      .toEqual([])
    expect(cluster.sql("select relispartition from pg_class where oid = 'e_old'::regclass", 'halves')).toBe('f')
  })

  it.each([
    ['none', 'there is no such table'],
    ['"a"b', 'quote a name'],
    ['plain', 'is not partitioned by the range of one column'],
    ['numbered', 'is partitioned by integer'],
  ])('of %s: %s', async (table, words) => {
    cluster.sql(
      'create table if not exists plain (n int); create table if not exists numbered (n int) partition by range (n)',
    )
    const ran = await maintain(`partitions: [{ table: '${table}', every: day }]`)
    expect([ran.exitCode, ran.checks]).toEqual([
      1,
      [expect.objectContaining({ verdict: 'fail', evidence: expect.stringContaining(words) })],
    ])
  })

  it('have spans that join, hold their moment and begin in UTC', () => {
    const moments = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    void fc.assert(
      fc.property(moments, fc.constantFrom(...periods), fc.integer({ min: -50, max: 50 }), (moment, every, count) => {
        const { start, end } = spanAt(moment, every)
        expect(start <= moment && moment < end).toBe(true)
        expect(spanAt(moment, every, count).end).toEqual(spanAt(moment, every, count + 1).start)
        expect(spanAt(spanAt(moment, every, count).start, every).start).toEqual(spanAt(moment, every, count).start)
      }),
    )
  })
})

describe('T100 log files by a rule', () => {
  it('are compressed and read back, removed by age and size, rotated by size; others and open ones stay', async () => {
    const folder = join(cluster.dataFolder, 'log')
    const now = new Date()
    clock = () => now
    const file = (name: string, daysAgo: number, text: string) => {
      const path = join(folder, name)
      writeFileSync(path, text, { mode: 0o640 })
      const then = new Date(now.getTime() - daysAgo * 86_400_000)
      utimesSync(path, then, then)
      return path
    }
    const old = file('server-2020-01-01_000000.log', 40, 'old')
    const kept = file('server-2020-02-01_000000.csv', 5, 'kept\n'.repeat(1000))
    const other = file('other.log', 400, 'of somebody else')
    const rules = 'logs: { compressAfterDays: 1, keepDays: 30, rotateOverMb: 0 }'
    const ran = await applied(rules)
    expect(ran.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'maint.remove-log pass',
      'maint.compress-log pass',
      'maint.rotate-log pass',
    ])
    expect([existsSync(old), existsSync(kept), existsSync(other)]).toEqual([false, false, true])
    expect(gunzipSync(readFileSync(`${kept}.gz`)).toString()).toBe('kept\n'.repeat(1000))
    expect([
      statSync(`${kept}.gz`).mode & 0o777,
      statSync(`${kept}.gz`).mtimeMs < now.getTime() - 4 * 86_400_000,
    ]).toEqual([0o640, true])
    cluster.sql('select 1 / 1')
    expect(cluster.sql('select pg_current_logfile()')).toContain('server-')
    const bySize = await applied('logs: { keepMb: 0 }')
    expect(bySize.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toContain('maint.remove-log pass')
    expect([existsSync(`${kept}.gz`), existsSync(other)]).toEqual([false, true])
    expect(existsSync(join(cluster.dataFolder, cluster.sql('select pg_current_logfile()')))).toBe(true)
  })

  it('are left, and this is said, where the server writes none', async () => {
    const own = await clusterOfTest()
    const ran = await maintain('logs: { keepDays: 30 }', { url: own.url() })
    expect(ran.checks).toEqual([
      expect.objectContaining({ verdict: 'skipped', evidence: expect.stringContaining('logging_collector is off') }),
    ])
  })

  it.each([
    ['postgresql-%Y-%m-%d_%H%M%S.log', 'postgresql-2026-01-31_235959.csv.gz', true],
    ['postgresql-%Y-%m-%d_%H%M%S.log', 'postgresql-2026-01-31.log', false],
    ['%a', 'Mon', true],
    ['%a', 'PG_VERSION', false],
    ['pg.%j%%', 'pg.031%.json', true],
    ['pg.%d', 'pgx01', false],
  ])('of %s: is %s one, %s', (pattern, name, isOne) => {
    expect(namePattern(pattern).test(name)).toBe(isOne)
  })
})

describe('T100 statistics by a rule', () => {
  it('begin anew when they are old, and what autovacuum goes by is counted again', async () => {
    cluster.sql('create database counted')
    cluster.sql('create extension pg_stat_statements; create table t as select 1 as n; select n from t', 'counted')
    const before = cluster.sql('select stats_reset from pg_stat_statements_info', 'counted')
    expect((await applied('statistics: { statementsDays: 1, sharedDays: 1 }', 'counted')).checks).toEqual([])
    const ran = await applied('statistics: { statementsDays: 0, databaseDays: 0, sharedDays: 0 }', 'counted')
    expect([ran.exitCode, ran.checks.map(({ title, verdict }) => `${title} ${verdict}`)]).toEqual([
      0,
      ['pg_stat_statements', 'pg_stat_database', 'pg_stat_bgwriter', 'pg_stat_archiver', 'pg_stat_wal'].map(
        (name) => `${name} pass`,
      ),
    ])
    expect(cluster.sql('select stats_reset from pg_stat_statements_info', 'counted')).not.toBe(before)
    expect(cluster.sql("select analyze_count from pg_stat_user_tables where relname = 't'", 'counted')).toBe('1')
    expect((await applied('statistics: { databaseDays: 1 }', 'counted')).checks).toEqual([])
  })

  it('are left, and this is said, where the extension is missing', async () => {
    expect((await maintain('statistics: { statementsDays: 0 }')).checks).toEqual([
      expect.objectContaining({ verdict: 'skipped', evidence: expect.stringContaining('pg_stat_statements') }),
    ])
  })
})

describe('T100 rules that are wrong', () => {
  it.each([
    ['partition: []', /key "partition" is unknown/],
    ['partitions: {}', /partitions is no list/],
    ['partitions: [{ every: day }]', /partitions\[0\]\.table is missing/],
    ['partitions: [{ table: t, every: hour }]', /partitions\[0\]\.every is none of day, week, month, year/],
    ['partitions: [{ table: t, every: day, ahead: -1 }]', /ahead is not a whole number/],
    ['logs: { keepdays: 3 }', /logs\.keepdays is unknown/],
    ['logs: 3', /logs holds no mapping/],
    ['integrity: { tables: maybe }', /neither true nor false/],
    ['integrity: [', /rules\.yaml:1/],
  ])('%s', async (rules, message) => {
    expect(await maintain(rules)).toMatchObject({ exitCode: 2, error: { message: expect.stringMatching(message) } })
  })

  it('lie in a file that is there', async () => {
    const ran = await run('maint', 'run', '--rules', '/nowhere/rules.yaml', '--url', cluster.url())
    expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining('/nowhere/rules.yaml does not exist')])
  })
})

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, offset)
  closeSync(file)
}
