import type { DatabasePool, PoolOccupancy } from '../connection/database-pool.ts'
import { serverError } from '../connection/server-errors.ts'
import type { DbopsErrorCode } from '../errors.ts'
import type { HealthCheck, HealthProbe, HealthStatus } from './health.ts'

export interface LatencyLimits {
  /** Slower is a warning; 100. */
  readonly warnMs?: number
  /** Slower fails, and nobody waits longer than `budgetMs`; 1000. */
  readonly failMs?: number
  /** How long the probe itself may take; 2000. */
  readonly budgetMs?: number
}

/** Takes a session of the pool and asks one question. */
export function databaseProbe(pool: Pick<DatabasePool, 'query'>, limits: LatencyLimits = {}): HealthProbe {
  const { warnMs = 100, failMs = 1000, budgetMs = 2000 } = limits
  return async () => {
    const startMs = performance.now()
    try {
      await within(budgetMs, pool.query('select 1'))
    } catch (error) {
      const latencyMs = Math.round(performance.now() - startMs)
      return { status: 'fail', latencyMs, threshold: budgetMs, message: classOf(serverError(error).code) }
    }
    return latencyCheck(Math.round(performance.now() - startMs), { warnMs, failMs })
  }
}

/** Judges how long an answer took. */
export function latencyCheck(
  latencyMs: number,
  { warnMs = 100, failMs = 1000 }: Pick<LatencyLimits, 'warnMs' | 'failMs'> = {},
): HealthCheck {
  const status: HealthStatus = latencyMs >= failMs ? 'fail' : latencyMs >= warnMs ? 'warn' : 'pass'
  return { status, latencyMs, observed: latencyMs, threshold: status === 'fail' ? failMs : warnMs }
}

/** Judges what is held, not what is open: a full pool that idles is well. */
export function poolProbe(pool: { readonly occupancy: PoolOccupancy }): HealthProbe {
  return async () => poolCheck(pool.occupancy)
}

/** 80 % in use is a warning, 90 % with somebody waiting fails. */
export function poolCheck({ size, inUse, waiting }: PoolOccupancy): HealthCheck {
  const ratio = inUse / size
  const observed = Number(ratio.toFixed(2))
  if (ratio >= 0.9 && waiting > 0)
    return { status: 'fail', observed, threshold: 0.9, message: `all sessions are in use and ${waiting} wait` }
  if (ratio >= 0.8) return { status: 'warn', observed, threshold: 0.8, message: 'few sessions are free' }
  return { status: 'pass', observed, threshold: 0.8 }
}

/** A class of failure in plain words: never the server's message, which may name hosts, users and databases. */
export function classOf(code: DbopsErrorCode): string {
  const words: Partial<Record<DbopsErrorCode, string>> = {
    CONNECTION_REFUSED: 'the database does not accept connections',
    CONNECTION_LOST: 'the connection to the database was lost',
    CONNECTION_TIMEOUT: 'the database did not answer in time',
    TIMED_OUT: 'the database did not answer in time',
    POOL_EXHAUSTED: 'no session became free in time',
    STARTING_UP: 'the database is starting',
    AUTHENTICATION_FAILED: 'the database refused the login',
    NO_HBA_ENTRY: 'the database refused the login',
    TOO_MANY_CONNECTIONS: 'the database has no session left',
  }
  return words[code] ?? 'the database cannot be used'
}

async function within<Result>(budgetMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Query read timeout')), budgetMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
    work.catch(() => {}) // it may fail after we gave up on it
  }
}
