import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readJobRuns, runJob } from '../src/schedule/job-runs.ts'
import { scheduleStatus } from '../src/schedule/schedule-status.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

/** A command line at a time of its own, with jobs for the built-in daemon. */
async function scheduled(jobs: Record<string, string>, at = '2026-11-23T12:00:00Z') {
  const clock = { now: new Date(at) }
  const line = newCommandLine({}, () => clock.now)
  onTestFinished(line.remove)
  const words = Object.entries(jobs).flatMap(([name, command]) => ['--job', `${name}=${command}`])
  const installed = await line.run('schedule', 'install', '--kind', 'daemon', ...words, '--apply')
  expect(installed.exitCode, installed.stderr).toBe(0)
  return { ...line, clock }
}

describe('T101 a job that is run', () => {
  it('tells how it ended, never runs beside itself, and sees no secret of ours', async () => {
    const folder = scratchFolder()
    const [begun, letGo] = [join(folder, 'begun'), join(folder, 'let-go')]
    process.env.CANARY_OF_SCHEDULE = 'canary-of-schedule'
    onTestFinished(() => void delete process.env.CANARY_OF_SCHEDULE)
    const { run, stateFolder } = await scheduled({
      backup: `env > ${folder}/env; touch ${begun}; until [ -f ${letGo} ]; do sleep 0.05; done`,
      verify: 'echo broken >&2; exit 5',
    })
    const first = run('schedule', 'run', 'backup')
    await expect.poll(() => existsSync(begun), { timeout: 60_000 }).toBe(true)
    expect((await run('schedule', 'run', 'backup')).exitCode).toBe(6)
    writeFileSync(letGo, '')
    expect((await first).exitCode).toBe(0)
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain('canary-of-schedule')
    const failed = await run('schedule', 'run', 'verify')
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('broken')])
    expect((await run('schedule', 'run', 'drill')).exitCode).toBe(2)
    expect(readJobRuns(stateFolder)).toMatchObject([
      { name: 'backup', exitCode: 0 },
      { name: 'verify', exitCode: 5 },
    ])
    const status = await run('schedule', 'status', '--format', 'json')
    expect([status.exitCode, status.json().checks.map(({ verdict }) => verdict)]).toEqual([1, ['pass', 'fail']])
    expect(status.json().data).toMatchObject([
      { name: 'backup', nextRunAt: '2026-11-24T02:00:00.000Z', isLastGood: true },
      { name: 'verify', isLastGood: false },
    ])
  })

  it('is ended with all that it started when it takes too long', async () => {
    const seconds = `1000.${process.pid}` // a mark to find it by
    const job = { name: 'backup', cron: '0 2 * * *', command: `sleep ${seconds} & sleep ${seconds}` }
    const limited = { stateFolder: scratchFolder(), job, timeoutMs: 500, now: () => new Date(), onOutput: () => {} }
    expect(await runJob(limited)).toMatchObject({ exitCode: null, isTimedOut: true })
    await expect.poll(() => isRunning(`sleep\0${seconds}`), { timeout: 60_000 }).toBe(false)
  })
})

function isRunning(commandLine: string): boolean {
  return globSync('/proc/[0-9]*/cmdline').some((path) => {
    try {
      return readFileSync(path, 'utf8').startsWith(commandLine)
    } catch {
      return false // it has ended
    }
  })
}

describe('T101 a schedule', () => {
  it('run by the built-in daemon catches up once what was missed, in the state that survives it', async () => {
    const folder = scratchFolder()
    const { run, clock } = await scheduled({ backup: `echo x >> ${folder}/runs` }, '2026-11-23T02:00:10Z')
    const once = async (at: string) => {
      clock.now = new Date(at)
      return (await run('schedule', 'daemon', '--once')).stdout.split('\n').at(-2)
    }
    expect(await once('2026-11-23T02:00:10Z')).toBe('1 job(s) were due')
    expect(await once('2026-11-23T02:01:10Z')).toBe('0 job(s) were due')
    expect(await once('2026-11-26T11:00:00Z')).toBe('1 job(s) were due') // off for three days
    expect(await once('2026-11-26T11:01:00Z')).toBe('0 job(s) were due')
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x\nx\n')
  })

  it('tells what was missed, in the zone that it is meant in, also by what the operations log knows', async () => {
    const jobs = [{ name: 'backup', cron: '0 2 * * *', command: '/usr/bin/dbops backup create --service app' }]
    let installedAt = '2026-11-01T00:00:00Z'
    const status = (timezone: string, now: string, time?: string) => {
      const operation = { command: 'backup create', time: time ?? '', exitCode: 0 }
      const operations = time === undefined ? [] : [operation as never]
      return scheduleStatus({ kind: 'systemd', timezone, installedAt, jobs }, [], operations, new Date(now))[0]
    }
    expect(status('UTC', '2026-11-23T12:00:00Z')).toMatchObject({ check: { verdict: 'fail' }, lastRunAt: null })
    expect(status('UTC', '2026-11-23T12:00:00Z', '2026-11-23T02:00:01Z').check.verdict).toBe('pass')
    expect(status('UTC', '2026-11-23T12:00:00Z', '2026-11-22T02:00:01Z').check.evidence).toContain('missed 2026-11-23')
    installedAt = '2026-11-23T09:00:00Z' // what was due before is no miss
    expect(status('UTC', '2026-11-23T12:00:00Z').check.verdict).toBe('warn')
    installedAt = '2026-11-01T00:00:00Z'
    // may still come: jitter, a machine that starts
    expect(status('UTC', '2026-11-23T02:30:00Z', '2026-11-22T02:00:01Z').check.verdict).toBe('pass')
    expect(status('Europe/Berlin', '2026-11-23T12:00:00Z').nextRunAt).toBe('2026-11-24T01:00:00.000Z')
    expect(status('Europe/Berlin', '2026-07-23T12:00:00Z').nextRunAt).toBe('2026-07-24T00:00:00.000Z')
  })

  it('names its zone in the units of systemd, and refuses one where it has no effect', async () => {
    const { run } = await scheduled({ backup: 'true' })
    const folder = scratchFolder()
    const install = ['schedule', 'install', '--job', 'backup=/bin/true', '--folder', folder, '--apply', '--timezone']
    expect((await run(...install, 'Europe/Berlin')).exitCode).toBe(0)
    expect(readFileSync(join(folder, 'dbops-backup.timer'), 'utf8')).toContain('02:00:00 Europe/Berlin\n')
    expect((await run(...install, 'Mars/Base')).exitCode).toBe(2)
    expect((await run(...install, 'UTC', '--kind', 'cron')).exitCode).toBe(2)
    await run('schedule', 'remove', '--folder', folder, '--apply')
    expect((await run('schedule', 'status')).stdout).toContain('0 job(s)')
  })
})
