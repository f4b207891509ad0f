import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { privateFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import type { InstalledJob } from './installed.ts'

/** One run of a job; a line of `schedule-runs.jsonl`. */
export interface JobRun {
  readonly name: string
  readonly startedAt: string
  readonly durationMs: number
  /** Of the command; null when it was ended by a signal or the time limit. */
  readonly exitCode: number | null
  readonly isTimedOut: boolean
}

const RECORDS = 'schedule-runs.jsonl'
/** From being asked to end to being ended. */
const GRACE_MS = 10_000

export interface RunJobOptions {
  readonly stateFolder: string
  readonly job: InstalledJob
  readonly timeoutMs: number
  readonly now: () => Date
  readonly onOutput: (text: string) => void
}

/**
 * Runs a job, never twice at the same time, at most so long, and notes how it ended. Its environment is ours without what may be secret.
 * @throws {DbopsError} LOCK_HELD when it runs already
 */
export async function runJob({ stateFolder, job, timeoutMs, now, onOutput }: RunJobOptions): Promise<JobRun> {
  const lock = { path: join(privateFolder(join(stateFolder, 'locks')), `job-${job.name}`), purpose: `job ${job.name}` }
  return await withFileLock(lock, async () => {
    const startedAt = now().toISOString()
    const startMs = performance.now()
    const { exitCode, isTimedOut } = await runCommand(job.command, timeoutMs, stateFolder, onOutput)
    const run = { name: job.name, startedAt, durationMs: Math.round(performance.now() - startMs), exitCode, isTimedOut }
    appendFileSync(join(stateFolder, RECORDS), `${JSON.stringify(run)}\n`, { mode: 0o600 })
    return run
  })
}

function runCommand(
  command: string,
  timeoutMs: number,
  stateFolder: string,
  onOutput: (text: string) => void,
): Promise<{ exitCode: number | null; isTimedOut: boolean }> {
  // a group of its own, so that what the command started ends with it
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...plainEnvironment('DBOPS_'), DBOPS_STATE_DIR: stateFolder },
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput)
  const endGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid ?? 0), signal)
    } catch {
      // it has ended
    }
  }
  let isTimedOut = false
  const timers = [
    setTimeout(() => {
      isTimedOut = true
      endGroup('SIGTERM')
    }, timeoutMs),
    setTimeout(() => endGroup('SIGKILL'), timeoutMs + GRACE_MS),
  ]
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new DbopsError('CHILD_FAILED', 'the job cannot be started', { cause })))
    child.once('close', (code) => {
      for (const timer of timers) clearTimeout(timer)
      resolve({ exitCode: isTimedOut ? null : code, isTimedOut })
    })
  })
}

/** Runs of the past, oldest first. */
export function readJobRuns(stateFolder: string): JobRun[] {
  const path = join(stateFolder, RECORDS)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JobRun)
}
