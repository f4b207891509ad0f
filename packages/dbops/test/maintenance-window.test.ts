import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { isWithin, parseWindow } from '../src/maintenance/window.ts'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
let clock = (): Date => new Date()
const { run, remove } = newCommandLine({}, () => clock())
beforeAll(async () => {
  cluster = await startCluster({ settings: { autovacuum: 'off' } })
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const NIGHT = ['--window', '01:00-05:00', '--timezone', 'UTC']
const at = (time: string) => new Date(`2026-03-10T${time}Z`)
const maintain = async (...words: string[]) => {
  const ran = await run('maint', 'run', '--url', cluster.url(), '--format', 'json', ...words)
  return { ...ran.json(), exitCode: ran.exitCode }
}
const analyzed = () =>
  cluster.sql('select relname from pg_stat_user_tables where last_analyze is not null order by 1').split('\n').join(' ')

/** Two tables that were never analyzed: two tasks, in the order of their names. */
beforeEach(async () => {
  clock = () => at('03:00:00')
  cluster.sql('drop table if exists a, b; create table a as select 1 as n; create table b as select 1 as n')
  await expect
    .poll(async () => (await maintain()).data)
    .toEqual([expect.objectContaining({ object: 'a' }), expect.objectContaining({ object: 'b' })])
})

describe('T100 the hours of maintenance', () => {
  it.each([
    ['01:00-05:00', 'UTC', '00:59:59', false],
    ['01:00-05:00', 'UTC', '01:00:00', true],
    ['01:00-05:00', 'UTC', '04:59:59', true],
    ['01:00-05:00', 'UTC', '05:00:00', false],
    ['22:00-02:00', 'UTC', '23:30:00', true],
    ['22:00-02:00', 'UTC', '01:59:59', true],
    ['22:00-02:00', 'UTC', '02:00:00', false],
    ['22:00-02:00', 'UTC', '12:00:00', false],
    ['01:00-05:00', 'Asia/Kolkata', '19:29:59', false],
    ['01:00-05:00', 'Asia/Kolkata', '19:30:00', true],
  ])('of %s %s hold at %s UTC: %s', (hours, zone, time, isHeld) => {
    expect(isWithin(parseWindow(hours, zone), at(time))).toBe(isHeld)
  })

  it('go with the clocks of the zone over a change of them', () => {
    const window = parseWindow('01:00-05:00', 'Europe/Paris')
    const winter = new Date('2026-03-28T00:30:00Z')
    expect([isWithin(window, winter), isWithin(window, new Date('2026-06-01T00:30:00Z'))]).toEqual([true, true])
    expect([
      isWithin(window, new Date('2026-03-28T03:30:00Z')),
      isWithin(window, new Date('2026-06-01T03:30:00Z')),
    ]).toEqual([true, false])
  })

  it('are refused outside, unless they are to be ignored; a plan is shown at any time', async () => {
    clock = () => at('12:00:00')
    expect((await maintain(...NIGHT)).exitCode).toBe(0)
    const refused = await maintain(...NIGHT, '--apply')
    expect(refused).toMatchObject({ exitCode: 7, error: { message: expect.stringContaining('01:00-05:00 UTC') } })
    expect(analyzed()).toBe('')
    expect((await maintain(...NIGHT, '--outside-window', '--apply')).exitCode).toBe(0)
    expect(analyzed()).toBe('a b')
  })

  it('end between two tasks: the rest is left, and told', async () => {
    clock = () => (analyzed() === '' ? at('04:59:00') : at('05:00:00'))
    const ran = await maintain(...NIGHT, '--apply')
    expect(ran).toMatchObject({
      exitCode: 8,
      summary: '1 of 2 task(s) done, 1 left: the window 01:00-05:00 UTC has ended',
      data: { left: [expect.objectContaining({ object: 'b' })] },
    })
    expect(ran.checks).toContainEqual(expect.objectContaining({ title: 'b', verdict: 'skipped' }))
    expect(analyzed()).toBe('a')
  })

  it.each([
    [['--window', '01:00-05:00'], /--timezone/],
    [['--window', '1-5', '--timezone', 'UTC'], /two times/],
    [['--window', '24:00-05:00', '--timezone', 'UTC'], /two times/],
    [['--window', '05:00-05:00', '--timezone', 'UTC'], /ends when it begins/],
    [['--window', '01:00-05:00', '--timezone', 'Mars/Olympus'], /Mars\/Olympus/],
    [['--outside-window'], /go with --window/],
    [['--max-active', 'many'], /--max-active "many"/],
  ])('are wrong words: %j', async (words, message) => {
    expect(await maintain(...words)).toMatchObject({ exitCode: 2, error: { message: expect.stringMatching(message) } })
  })
})

describe('T100 maintenance under load', () => {
  it('is not begun while more sessions work than may, and is when they do not', async () => {
    const holder = await connectServer(parseConnection(cluster.url()))
    const worker = await connectServer(parseConnection(cluster.url()))
    await holder.query('select pg_advisory_lock(7)')
    const work = worker.query('select pg_advisory_lock(7)')
    await expect.poll(() => cluster.sql('select count(*) from pg_locks where not granted')).toBe('1')
    expect(await maintain('--apply', '--max-active', '0')).toMatchObject({
      exitCode: 8,
      summary: expect.stringContaining('0 of 2 task(s) done, 2 left: 1 other session(s) work'),
    })
    expect(analyzed()).toBe('')
    await holder.query('select pg_advisory_unlock(7)')
    await work
    await Promise.all([holder.end(), worker.end()])
    await expect
      .poll(() =>
        cluster.sql("select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"),
      )
      .toBe('0')
    expect((await maintain('--apply', '--max-active', '0')).exitCode).toBe(0)
    expect(analyzed()).toBe('a b')
  })

  it('is refused to a role to which the load is hidden', async () => {
    cluster.sql('create role blind login; grant all on schema public to blind')
    const words = ['maint', 'run', '--url', cluster.url('postgres', 'blind'), '--apply', '--max-active', '5']
    expect(await run(...words)).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('pg_monitor') })
    cluster.sql('grant pg_monitor to blind')
    expect(await run(...words)).not.toMatchObject({ exitCode: 4 })
  })

  const writeWal = () => cluster.sql("select pg_logical_emit_message(true, 'dbops', repeat('x', 2000000))")

  it('is not begun while a standby that is away keeps WAL', async () => {
    cluster.sql("select pg_create_physical_replication_slot('away', true)")
    onTestFinished(() => void cluster.sql("select pg_drop_replication_slot('away')"))
    writeWal()
    expect(await maintain('--apply', '--max-lag-bytes', '1000000')).toMatchObject({
      exitCode: 8,
      summary: expect.stringMatching(/slot away is \d+ bytes behind, and 1000000 is the most/),
    })
    expect((await maintain('--apply', '--max-lag-bytes', '100000000')).exitCode).toBe(0)
  })

  it('is not begun while a standby does not replay, and is when it has caught up', async () => {
    const folder = join(cluster.folder, 'standby')
    const source = `host=${cluster.socketFolder} port=${cluster.port} user=postgres application_name=second`
    cluster.run('pg_basebackup', ['-d', source, '-D', folder, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'])
    const quiet = "listen_addresses = ''\n"
    appendFileSync(join(folder, 'postgresql.auto.conf'), quiet)
    const control = (...words: string[]) =>
      cluster.run('pg_ctl', ['-D', folder, '-w', '-t', '600', '-l', join(cluster.folder, 'standby.log'), ...words])
    const port = cluster.port + 1
    control('-o', `-p ${port}`, 'start')
    onTestFinished(() => void control('-m', 'immediate', 'stop'))
    const onStandby = (sql: string) =>
      cluster.run('psql', ['-XqAt', '-h', cluster.socketFolder, '-p', String(port), '-U', 'postgres', '-c', sql]).trim()
    await expect.poll(() => cluster.sql('select state from pg_stat_replication')).toBe('streaming')
    onStandby('select pg_wal_replay_pause()')
    await expect.poll(() => onStandby('select pg_get_wal_replay_pause_state()')).toBe('paused')
    writeWal()
    expect(await maintain('--apply', '--max-lag-bytes', '1000000')).toMatchObject({
      exitCode: 8,
      summary: expect.stringMatching(/standby second is \d+ bytes behind/),
    })
    expect(analyzed()).toBe('')
    onStandby('select pg_wal_replay_resume()')
    await expect.poll(() => cluster.sql('select pg_current_wal_lsn() = replay_lsn from pg_stat_replication')).toBe('t')
    expect((await maintain('--apply', '--max-lag-bytes', '1000000')).exitCode).toBe(0)
  })
})
