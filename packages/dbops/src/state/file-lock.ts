import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { DbopsError } from '../errors.ts'
import { privateFolder } from './atomic-write.ts'

/** Who holds a lock; `processStart` tells a process from a later one with the same number. */
interface LockOwner {
  readonly pid: number
  readonly host: string
  readonly processStart: string
  readonly since: string
  readonly purpose: string
}

export interface LockOptions {
  readonly path: string
  readonly purpose: string
  /** How long to wait for somebody else; 0. */
  readonly waitMs?: number
  /** Takes the lock over from an owner that cannot be proven dead. */
  readonly isForced?: boolean
  /** Told when the lock of a dead process was taken over. */
  readonly onTakeOver?: (owner: string) => void
}

/**
 * Runs `work` while nobody else on this machine holds the lock. The lock of a process that is provably dead is taken over; one from
 * another machine only when forced.
 * @throws {DbopsError} LOCK_HELD with the owner in the message
 */
export async function withFileLock<Result>(
  options: LockOptions,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  await acquire(options)
  try {
    return await work()
  } finally {
    rmSync(options.path, { force: true })
  }
}

async function acquire(options: LockOptions): Promise<void> {
  const { path, purpose, waitMs = 0, isForced = false, onTakeOver } = options
  privateFolder(dirname(path))
  const untilMs = performance.now() + waitMs
  for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 1.5)) {
    if (tryAcquire(path, purpose)) return
    const owner = readOwner(path)
    if (owner === null) continue // released between our two looks
    if (isDead(owner) || isForced) {
      if (takeAway(path, owner)) onTakeOver?.(describe(owner))
      continue
    }
    if (performance.now() >= untilMs)
      throw new DbopsError('LOCK_HELD', `${describe(owner)} holds the lock ${path}`, {
        hint: 'wait for it; --break-lock takes it over when that process is gone for sure',
      })
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** A link appears with its whole content or not at all. */
function tryAcquire(path: string, purpose: string): boolean {
  const owner: LockOwner = {
    pid: process.pid,
    host: hostname(),
    processStart: processStart(process.pid),
    since: new Date().toISOString(),
    purpose,
  }
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readOwner(path: string): LockOwner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new DbopsError('STATE_UNREADABLE', `the lock ${path} cannot be read`, { cause: error })
  }
}

/** Moves the lock aside, and back again if it is no longer the one that was judged. */
function takeAway(path: string, judged: LockOwner): boolean {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return false // somebody else was quicker
  }
  const taken = readOwner(aside)
  const isJudged = taken?.pid === judged.pid && taken.since === judged.since
  if (!isJudged) {
    try {
      linkSync(aside, path)
    } catch {
      // a third one holds it by now: its lock stands
    }
  }
  rmSync(aside, { force: true })
  return isJudged
}

function isDead({ pid, host, processStart: start }: LockOwner): boolean {
  return host === hostname() && processStart(pid) !== start
}

/** Clock ticks since boot at which the process started; `gone` when there is none, `unknown` where /proc is missing. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    try {
      process.kill(pid, 0)
      return 'unknown'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : 'gone'
    }
  }
}

function describe({ pid, host, since, purpose }: LockOwner): string {
  return `process ${pid} on ${host} (${purpose}, since ${since})`
}
