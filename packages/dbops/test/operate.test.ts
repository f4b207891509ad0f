import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { withCronBlock } from '../src/schedule/cron-block.ts'
import { type DaemonJob, isDue, jitterOf, parseCron, runDueJobs } from '../src/schedule/daemon.ts'
import { scheduledJobs } from '../src/schedule/jobs.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const { run, remove } = newCommandLine()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ settings: { autovacuum: 'off' } })
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

describe('T100 maintenance', () => {
  it('removes dead rows and a broken leftover, gives up a lock, and calls nothing done without its effect', async () => {
    cluster.sql(
      'create table t (n int); insert into t select generate_series(1, 2000); delete from t where n < 1500; create table d (n int); insert into d values (1), (1)',
    )
    expect(() => cluster.sql('create unique index concurrently d_n_ccnew on d (n)')).toThrow()
    const maintain = async (...more: string[]) =>
      await run('maint', 'run', '--url', cluster.url(), '--format', 'json', ...more)
    await expect.poll(async () => JSON.stringify((await maintain()).json().data)).toContain('vacuum (analyze) t')
    let letGo = (): void => {}
    const told = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const holder = withServer(parseConnection(cluster.url()), async (client) => {
      await client.query('begin; lock table t in access exclusive mode')
      await told
    })
    await expect
      .poll(() =>
        cluster.sql("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and relation = 't'::regclass"),
      )
      .toBe('1')
    const planned = (await run('maint', 'plan', '--url', cluster.url(), '--format', 'json')).json().data
    expect(planned).toContainEqual(
      expect.objectContaining({ object: 't', blockers: [expect.stringMatching(/^postgres \(\d+\)$/)] }),
    )
    const blocked = await maintain('--apply', '--lock-timeout', '100')
    expect(blocked.json().checks).toContainEqual(expect.objectContaining({ id: 'maint.vacuum', verdict: 'skipped' }))
    expect(blocked.json().checks).toContainEqual(
      expect.objectContaining({ id: 'maint.drop-invalid-index', verdict: 'pass' }),
    )
    letGo()
    await holder
    const done = await maintain('--apply')
    expect(done.json().checks).toContainEqual(expect.objectContaining({ id: 'maint.vacuum', verdict: 'pass' }))
    expect(cluster.sql("select count(*) from pg_class where relname like '%ccnew%'")).toBe('0')
    await expect.poll(() => cluster.sql("select n_dead_tup from pg_stat_user_tables where relname = 't'")).toBe('0')
  })

  it('freezes a table whose transaction numbers are old', async () => {
    cluster.sql(
      "create table ancient as select 1 as n; update pg_class set relfrozenxid = '3694967296' where relname = 'ancient'",
    )
    const planned = await run('maint', 'run', '--url', cluster.url(), '--format', 'json')
    expect(JSON.stringify(planned.json().data)).toContain('vacuum (freeze, analyze) ancient')
    cluster.sql('drop table ancient')
  })
})

describe('T101 scheduling', () => {
  it('makes units that systemd accepts, at the times that are meant', async () => {
    const folder = scratchFolder()
    const jobs = scheduledJobs.flatMap(({ name }) => ['--job', `${name}=/bin/true`])
    const installed = await run('schedule', 'install', ...jobs, '--folder', folder, '--user', 'root', '--apply')
    expect(installed.exitCode, installed.stderr).toBe(0)
    expect(readdirSync(folder)).toHaveLength(scheduledJobs.length * 2)
    if (existsSync('/usr/bin/systemd-analyze')) {
      for (const { calendar } of scheduledJobs)
        execFileSync('systemd-analyze', ['calendar', calendar], { stdio: 'pipe' })
      for (const name of readdirSync(folder))
        execFileSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], { stdio: 'pipe' })
    } else console.warn('*** systemd-analyze is missing: units were not verified ***')
    expect((await run('schedule', 'remove', '--folder', folder, '--apply')).stdout).toContain('18 unit(s) removed')
    expect(readdirSync(folder)).toEqual([])
  })

  it('makes jobs for Kubernetes in which our own lint finds nothing', async () => {
    const jobs = scheduledJobs.flatMap(({ name }) => ['--job', `${name}=dbops ${name}`])
    const made = await run('schedule', 'manifest', '--image', 'registry.example/dbops:1.2.3', ...jobs)
    expect(made.exitCode, made.stderr).toBe(0)
    const documents = parseAllDocuments(made.stdout).map((document) => document.toJS())
    expect(documents.map(({ spec }) => spec.schedule)).toEqual(scheduledJobs.map(({ cron }) => cron))
    expect(documents.every(({ spec }) => spec.concurrencyPolicy === 'Forbid' && spec.timeZone === 'Etc/UTC')).toBe(true)
    const file = join(scratchFolder(), 'jobs.yaml')
    writeFileSync(file, made.stdout)
    const linted = await run('lint', 'kubernetes', file, '--format', 'json')
    expect(linted.json().checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect((await run('schedule', 'manifest', '--image', 'x', '--job', 'nonsense=y')).exitCode).toBe(2)
  })

  it('keeps every foreign line of a crontab, replaces its own block, and takes it out when nothing else is there', async () => {
    const folder = scratchFolder()
    const table = join(folder, 'table')
    const program = join(folder, 'crontab')
    writeFileSync(
      program,
      `#!/bin/sh\ncase "$1" in -l) [ -f ${table} ] && cat ${table} || { echo "no crontab for x" >&2; exit 1; } ;; -) cat > ${table} ;; esac\n`,
    )
    chmodSync(program, 0o755)
    const words = ['--kind', 'cron', '--crontab', program, '--apply']
    const install = (command: string) => run('schedule', 'install', '--job', `backup=${command}`, ...words)
    expect((await install('/usr/bin/dbops one %d')).exitCode).toBe(0)
    expect(readFileSync(table, 'utf8')).toContain('0 2 * * * /usr/bin/dbops one \\%d')
    await run('schedule', 'remove', ...words)
    expect(readFileSync(table, 'utf8')).toBe('')
    const foreign = '# mine\n*/5 * * * * true\n\n@daily  odd   spaces\nno line end'
    writeFileSync(table, foreign)
    await install('/usr/bin/dbops two')
    await install('/usr/bin/dbops three')
    expect(readFileSync(table, 'utf8').startsWith(foreign)).toBe(true)
    expect(readFileSync(table, 'utf8').match(/begin dbops/g)).toHaveLength(1)
    await run('schedule', 'remove', ...words)
    expect(readFileSync(table, 'utf8')).toBe(`${foreign}\n`)
    expect(withCronBlock('a\n', [])).toBe('a\n')
  })

  it("begins later by a jitter that is a job's own on its host, and catches up without running twice", async () => {
    const delays = ['one', 'two', 'three', 'four'].map((host) => jitterOf(host, 'backup', 300_000))
    expect(new Set(delays).size).toBe(delays.length)
    for (const delay of delays) expect(delay).toSatisfy((ms: number) => ms >= 0 && ms < 300_000)
    expect(jitterOf('one', 'backup', 300_000)).toBe(delays[0])
    let runs = 0
    const times = parseCron('0 2 * * *')
    const job: DaemonJob = { name: 'backup', times, delayMs: 150_000, run: async () => void runs++ }
    const lastRuns = new Map<string, Date>()
    const at = (time: string) => runDueJobs([job], lastRuns, new Set(), new Date(`2026-11-${time}Z`))
    for (const time of ['22T02:00:00', '22T02:02:00', '22T02:03:00', '22T02:04:00', '23T02:02:00', '23T02:03:00'])
      await at(time)
    expect([runs, lastRuns.get('backup')?.toISOString()]).toEqual([2, '2026-11-23T02:03:00.000Z'])
  })

  it('in the built-in daemon runs what is due once, also what was missed, and never twice at the same time', async () => {
    expect(isDue(parseCron('0 2 * * *'), new Date('2026-03-29T02:00:00Z'))).toBe(true)
    expect(isDue(parseCron('*/15 8-10 * * 1-5'), new Date('2026-11-23T09:45:00Z'))).toBe(true)
    expect(isDue(parseCron('0 0 * * 7'), new Date('2026-11-22T00:00:00Z'))).toBe(true)
    for (const wrong of ['* * * *', '60 * * * *', 'x * * * *']) expect(() => parseCron(wrong)).toThrow(RangeError)
    let runs = 0
    let release = () => {}
    const job: DaemonJob = {
      name: 'backup',
      times: parseCron('0 2 * * *'),
      run: () => {
        runs++
        return new Promise((resolve) => {
          release = resolve
        })
      },
    }
    const lastRuns = new Map<string, Date>()
    const running = new Set<string>()
    const at = (time: string) => runDueJobs([job], lastRuns, running, new Date(time))
    expect(await at('2026-10-24T01:59:00Z')).toEqual([])
    const first = at('2026-10-24T02:00:10Z')
    await Promise.resolve()
    expect(await at('2026-10-25T02:00:00Z')).toEqual([]) // still running
    release()
    await first
    const missed = at('2026-10-28T13:00:00Z') // the machine was off for three days
    await Promise.resolve()
    release()
    await missed
    expect(await at('2026-10-28T13:01:00Z')).toEqual([])
    expect(runs).toBe(2)
  })
})

describe('setup', () => {
  it('makes everything once, keeps it the second time, and leaves no secret in the environment file', async () => {
    const folder = scratchFolder()
    const words = ['setup', '--to', folder, '--host', 'db.example', '--database', 'cmsvs_db']
    const first = await run(...words)
    expect(first.exitCode, first.stderr).toBe(0)
    const secret = readFileSync(join(folder, 'secrets/db-password'), 'utf8').trim()
    expect(statSync(join(folder, 'secrets/db-password')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, '.env.production'), 'utf8')).not.toContain(secret)
    expect(first.stdout).not.toContain(secret)
    const second = await run(...words)
    expect(second.stdout).toMatch(/^0 made, \d+ were there$/m)
    expect(readFileSync(join(folder, 'secrets/db-password'), 'utf8').trim()).toBe(secret)
    expect((await run('env', 'check', join(folder, '.env.production'))).exitCode).toBe(0)
    writeFileSync(join(folder, 'bad.env'), 'DEBUG=Trueensure\nDB_PASSWORD=x1y2z3\nA=b # c\nPG_HOST=localhost\n')
    expect((await run('env', 'check', join(folder, 'bad.env'))).stdout.match(/^FAIL/gm)).toHaveLength(4)
    expect((await run('journal')).exitCode).toBe(0)
    expect((await run('schedule', 'list')).stdout).toContain('backup')
  })
})
