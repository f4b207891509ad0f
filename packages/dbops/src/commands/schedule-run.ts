import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readOperations } from '../audit/read-log.ts'
import type { Call, CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE, EXIT_TIMED_OUT } from '../exit-codes.ts'
import { jitterOf, parseCron, runDueJobs } from '../schedule/daemon.ts'
import { type InstalledSchedule, readSchedule } from '../schedule/installed.ts'
import { type JobRun, readJobRuns, runJob } from '../schedule/job-runs.ts'
import { scheduleStatus as statusOf } from '../schedule/schedule-status.ts'
import { atomicWrite } from '../state/atomic-write.ts'

const timeoutOption = {
  flags: '--timeout <minutes>',
  description: 'end a job that takes longer (default: 360)',
} as const

export const scheduleRun: CommandDefinition = {
  name: 'schedule run',
  summary:
    'Runs an installed job now, never beside itself and at most so long; 6 when it runs already, 9 when it took too long.',
  arguments: [{ name: 'job', description: 'name of the job' }],
  options: [timeoutOption],
  changes: 'files',
  example: 'dbops schedule run backup',
  async run(call) {
    const { jobs } = installed(call)
    const job = jobs.find(({ name }) => name === call.args[0])
    if (job === undefined)
      throw new DbopsError('USAGE', `job ${call.args[0]} is not installed`, {
        hint: `installed are ${jobs.map(({ name }) => name).join(', ')}`,
      })
    const run = await runJob({ ...runOptions(call), job })
    return {
      summary: sentence(run),
      exitCode: run.isTimedOut ? EXIT_TIMED_OUT : run.exitCode === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: '',
      data: run,
      audit: { job: run.name, exitCode: run.exitCode },
    }
  },
}

export const scheduleStatus: CommandDefinition = {
  name: 'schedule status',
  summary: 'When each installed job ran last, how it ended, and when it runs next; 1 when one was missed or failed.',
  options: [],
  changes: 'nothing',
  example: 'dbops schedule status',
  run(call) {
    const schedule = installed(call)
    const operations = readOperations(join(call.stateFolder, 'audit'))
    const jobs = statusOf(schedule, readJobRuns(call.stateFolder), operations, call.now())
    const checks = jobs.map(({ check }) => check)
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(`${jobs.length} job(s) by ${schedule.kind}, ${failed} missed or failed`, checks, {
      data: jobs.map(({ check: _, ...job }) => job),
    })
  },
}

export const scheduleDaemon: CommandDefinition = {
  name: 'schedule daemon',
  summary:
    'Runs the installed jobs itself, in UTC, where there is neither systemd nor cron; what was missed is caught up once.',
  options: [
    timeoutOption,
    {
      flags: '--jitter <minutes>',
      description: 'begin jobs up to so much later, always the same for a job of a host (default: 5)',
    },
    { flags: '--once', description: 'do what is due now, without jitter, and end' },
  ],
  changes: 'files',
  example: 'dbops schedule daemon',
  async run(call) {
    const { jobs } = installed(call)
    const jitterMs = call.options.once === true ? 0 : numberOption(call, 'jitter', 5, 0, 60) * 60_000
    const lastRuns = new Map<string, Date>()
    for (const { name, startedAt } of readJobRuns(call.stateFolder)) lastRuns.set(name, new Date(startedAt))
    const running = new Set<string>()
    const runs: string[] = []
    const daemonJobs = jobs.map((job) => ({
      name: job.name,
      times: parseCron(job.cron),
      delayMs: jitterOf(hostname(), job.name, jitterMs),
      run: async () => {
        const run = await runJob({ ...runOptions(call), job }).catch((error: unknown) => {
          if (error instanceof DbopsError) call.progress(`${job.name}: ${error.message}`)
          else throw error
        })
        if (run === undefined) return
        call.progress(sentence(run))
        runs.push(sentence(run))
      },
    }))
    const tick = async (): Promise<void> => {
      atomicWrite(join(call.stateFolder, 'schedule-heartbeat'), `${call.now().toISOString()}\n`)
      await runDueJobs(daemonJobs, lastRuns, running, call.now())
    }
    if (call.options.once === true) {
      await tick()
      return { summary: `${runs.length} job(s) were due`, exitCode: EXIT_FINE, text: runs.join('\n'), data: runs }
    }
    for (;;) {
      void tick().catch((error: unknown) => call.progress(`the daemon goes on after: ${String(error)}`))
      await pause(60_000 - (call.now().getTime() % 60_000))
    }
  },
}

/** @throws {DbopsError} USAGE when nothing is installed */
function installed(call: Call): InstalledSchedule {
  const schedule = readSchedule(call.stateFolder)
  if (schedule !== null) return schedule
  throw new DbopsError('USAGE', 'no job is installed from here', { hint: 'dbops schedule install --apply' })
}

function runOptions(call: Call) {
  return {
    stateFolder: call.stateFolder,
    timeoutMs: numberOption(call, 'timeout', 360, 1, 10_000) * 60_000,
    now: call.now,
    onOutput: (text: string) => call.progress(text.trimEnd()),
  }
}

function sentence({ name, exitCode, isTimedOut, durationMs }: JobRun): string {
  const how = isTimedOut ? 'was ended because it took too long' : `ended with ${exitCode ?? 'a signal'}`
  return `${name} ${how} after ${durationMs} ms`
}
