import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usedLines } from '../src/hba/hba-usage.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine({ PGPASSWORD: 'right-password-1' })
beforeAll(async () => {
  cluster = await startCluster({
    hba: [
      'local all all trust',
      'host all postgres 127.0.0.1/32 trust',
      'host replication replica 127.0.0.1/32 trust',
      'host app app 127.0.0.1/32 scram-sha-256',
      'host nowhere all 127.0.0.1/32 scram-sha-256',
      'host all unlimited 127.0.0.1/32 scram-sha-256',
      'host all nobody 127.0.0.1/32 trust',
      'host all all 0.0.0.0/0 reject',
    ],
    settings: { log_connections: 'on', autovacuum: 'off' },
  })
  cluster.sql(
    "create role app login password 'right-password-1' connection limit 4; create role unlimited login password 'right-password-1'; create role replica login replication; create database app",
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

describe('T42 health as a command', () => {
  it('is well, says why not, and is critical without a server, naming neither host nor role', async () => {
    const well = await run('health', '--url', cluster.url('app'), '--format', 'json')
    expect([well.exitCode, well.json().checks.map(({ id, verdict }) => [id, verdict])]).toEqual([
      0,
      expect.arrayContaining([
        ['health.connections', 'pass'],
        ['health.role', 'pass'],
      ]),
    ])
    const folder = scratchFolder()
    const noBackup = await run('health', '--url', cluster.url('app'), '--backups', folder, '--format', 'json')
    expect(noBackup.exitCode).toBe(1)
    expect(noBackup.json().checks).toContainEqual(expect.objectContaining({ id: 'health.backup', verdict: 'fail' }))
    const refused = await run('health', '--url', 'postgresql://someone@127.0.0.1:1/secretive?sslmode=disable')
    expect(refused).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining('the database does not accept connections'),
    })
    expect(
      refused.stdout
        .split('\n')
        .filter((line) => line.includes('does not accept'))
        .join(),
    ).not.toMatch(/someone|127\.0/)
    const nagios = await run('health', '--url', 'postgresql://a@127.0.0.1:1/b?sslmode=disable', '--format', 'nagios')
    expect(nagios).toMatchObject({ exitCode: 2, stdout: expect.stringMatching(/^DBOPS CRITICAL/) })
  })

  it('fails when WAL cannot be archived, and when sessions run out', async () => {
    const small = await clusterOfTest({
      settings: {
        max_connections: '8',
        superuser_reserved_connections: '1',
        max_wal_senders: '0',
        archive_mode: 'on',
        archive_command: 'false',
      },
    })
    small.sql('create role app login')
    small.sql('select pg_switch_wal()')
    await expect.poll(() => small.sql('select failed_count > 0 from pg_stat_archiver'), { timeout: 60_000 }).toBe('t')
    const held = await Promise.all(
      Array.from({ length: 6 }, () => connectServer(parseConnection(small.url('postgres', 'app')))),
    )
    const ran = await run('health', '--url', small.url(), '--format', 'json')
    await Promise.all(held.map((client) => client.end()))
    const failed = ran.json().checks.filter(({ verdict }) => verdict === 'fail')
    expect([ran.exitCode, failed.map(({ id }) => id)]).toEqual([
      1,
      expect.arrayContaining(['health.connections', 'health.archive']),
    ])
  })
})

describe('T16 conn limit-test', () => {
  it('finds the limit where it stands, and closes everything', async () => {
    const ran = await run('conn', 'limit-test', '--url', cluster.url('app', 'app'), '--format', 'json')
    expect([ran.exitCode, ran.json().data]).toEqual([0, { of: 'role', limit: 4, reached: 4 }])
    await expect.poll(() => cluster.sql("select count(*) from pg_stat_activity where usename = 'app'")).toBe('0')
  })

  it.each([
    ['a role without a limit', 'unlimited', /neither the role nor the database/],
    ['a superuser', 'postgres', /no connection limit binds a superuser/],
  ])('refuses %s', async (_, role, words) => {
    expect(await run('conn', 'limit-test', '--url', cluster.url('app', role))).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(words),
    })
  })

  it('takes every session of a login of production only when the database is named', async () => {
    const words = [
      'conn',
      'limit-test',
      '--url',
      cluster.url('app', 'app'),
      '--environment',
      'production',
      '--waive-tls',
    ]
    expect(await run(...words)).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('--confirm app') })
    expect((await run(...words, '--confirm', 'other')).exitCode).toBe(7)
    const confirmed = await run(...words, '--confirm', 'app')
    expect([confirmed.exitCode, confirmed.stdout]).toEqual([0, expect.stringContaining('refused at 4')])
  })

  it('does not take the last sessions of a server', async () => {
    cluster.sql('alter role unlimited connection limit 500')
    const ran = await run('conn', 'limit-test', '--url', cluster.url('app', 'unlimited'))
    expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('would be taken') })
  })

  it('measures new sessions, and states no P99 of a few', async () => {
    const few = await run('conn', 'bench', '--connections', '8', '--clients', '2', '--url', cluster.url('app'))
    expect(few).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('p99 needs 100 samples') })
  })
})

describe('T30 hba unused', () => {
  it('tells used, unused and unknowable rules apart', async () => {
    const client = await connectServer(
      parseConnection(cluster.url('app', 'app').replace('app@', 'app:right-password-1@')),
    )
    const verdicts = async (...logs: string[]) => {
      const ran = await run('hba', 'unused', ...logs, '--url', cluster.url(), '--format', 'json')
      return ran.json().checks.map(({ verdict }) => verdict)
    }
    await expect.poll(() => cluster.sql("select count(*) from pg_stat_activity where usename = 'unlimited'")).toBe('0')
    // socket trust, admin trust, replication trust, app, nowhere, unlimited, nobody, reject
    const withoutLog = await verdicts()
    expect(withoutLog.slice(3)).toEqual(['pass', 'skipped', 'skipped', 'skipped', 'skipped'])
    await client.end()
    const other = await connectServer(
      parseConnection(cluster.url('app', 'unlimited').replace('unlimited@', 'unlimited:right-password-1@')),
    )
    await other.end()
    const log = join(scratchFolder(), 'server.log')
    writeFileSync(log, cluster.log())
    expect((await verdicts(log)).slice(3)).toEqual(['pass', 'warn', 'pass', 'skipped', 'skipped'])
  })

  it('reads the line of a login and of a refused one', () => {
    const log = `LOG:  connection authenticated: identity="app" method=scram-sha-256 (/etc/postgresql/pg_hba.conf:95)
DETAIL:  Connection matched pg_hba.conf line 7: "host all all 0.0.0.0/0 md5"
DETAIL:  Connection matched file "/etc/postgresql/pg_hba.conf" line 8: "host all all ::/0 md5"`
    expect([...usedLines(log)]).toEqual(['/etc/postgresql/pg_hba.conf:95', ':7', '/etc/postgresql/pg_hba.conf:8'])
  })
})

describe('T100 maint status', () => {
  it('says what is due, and no longer once it was done', async () => {
    cluster.sql(
      'create table kept (n int); insert into kept select generate_series(1, 2000); delete from kept where n < 1500',
      'app',
    )
    const status = async () => (await run('maint', 'status', '--url', cluster.url('app'), '--format', 'json')).json()
    await expect
      .poll(async () => (await status()).checks.find(({ id }) => id === 'maint.tasks')?.evidence)
      .toContain('kept')
    await run('maint', 'run', '--apply', '--url', cluster.url('app'))
    await expect.poll(async () => (await status()).checks.find(({ id }) => id === 'maint.tasks')?.verdict).toBe('pass')
    expect(JSON.stringify((await status()).data)).toMatch(/"table":"kept".*"lastVacuum":"\d{4}-/)
  })
})

describe('T60 a physical backup that is refused', () => {
  it.each([
    [
      'a role without the attribute',
      () => cluster.url('app', 'postgres').replace('postgres@', 'app@'),
      4,
      /pg_hba\.conf/,
    ],
    ['a server that is not there', () => 'postgresql://postgres@127.0.0.1:1/postgres?sslmode=disable', 3, /refused/],
  ])('ends with the code of the refusal: %s', async (_, url, exitCode, words) => {
    const ran = await run('backup', 'physical', '--url', url(), '--to', scratchFolder())
    expect([ran.exitCode, ran.stderr]).toEqual([exitCode, expect.stringMatching(words)])
  })

  it('tells a missing attribute from a missing rule', async () => {
    cluster.sql('alter role replica noreplication')
    const ran = await run('backup', 'physical', '--url', cluster.url('app', 'replica'), '--to', scratchFolder())
    cluster.sql('alter role replica replication')
    expect([ran.exitCode, ran.stderr]).toEqual([4, expect.stringMatching(/superuser or replication role/)])
  })
})
