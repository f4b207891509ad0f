import { DatabasePool } from './database-pool.ts'
import type { ConnectionParameters } from './parameters.ts'
import { type Percentiles, percentilesOf } from './percentiles.ts'

export interface PoolTrialOptions {
  readonly parameters: ConnectionParameters
  readonly size: number
  readonly clients: number
  readonly queries: number
}

export interface PoolTrial extends Percentiles {
  readonly queries: number
  readonly failed: number
  readonly ratePerSecond: number
  readonly peakSessions: number
  /** Whether a pool that is held whole says so in time, and serves again afterwards. */
  readonly saturatesCleanly: boolean
  /** Whether it serves again after the server ended all its sessions. */
  readonly recovers: boolean | null
}

/** Puts load on a pool and tries how it fails: saturated, and with its sessions ended by the server. */
export async function tryPool({ parameters, size, clients, queries }: PoolTrialOptions): Promise<PoolTrial> {
  const application = `dbops pool ${Math.random().toString(36).slice(2, 8)}`
  const pool = new DatabasePool({
    parameters: { ...parameters, applicationName: application },
    size,
    acquireTimeoutMs: 5_000,
    checkAfterIdleMs: 0,
  })
  try {
    const timesMs: number[] = []
    let failed = 0
    let peakSessions = 0
    const startMs = performance.now()
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let count = 0; count < queries; count++) {
          const queryStartMs = performance.now()
          await pool.query('select 1').catch(() => failed++)
          timesMs.push(performance.now() - queryStartMs)
          peakSessions = Math.max(peakSessions, pool.occupancy.open)
        }
      }),
    )
    const seconds = (performance.now() - startMs) / 1000
    return {
      queries: timesMs.length,
      failed,
      ratePerSecond: Math.round(timesMs.length / seconds),
      ...percentilesOf(timesMs),
      peakSessions,
      saturatesCleanly: await saturates(parameters, size),
      recovers: await recovers(pool, application),
    }
  } finally {
    await pool.end()
  }
}

async function saturates(parameters: ConnectionParameters, size: number): Promise<boolean> {
  const pool = new DatabasePool({ parameters, size, acquireTimeoutMs: 2_000 })
  const held = await Promise.all(Array.from({ length: size }, () => pool.connect()))
  const isRefused = await pool.query('select 1').then(
    () => false,
    (error: { code?: string }) => error.code === 'POOL_EXHAUSTED',
  )
  for (const client of held) client.release()
  const isServed = await pool.query('select 1').then(
    () => true,
    () => false,
  )
  await pool.end()
  return isRefused && isServed
}

/** Null when the login may not end its own sessions. */
async function recovers(pool: DatabasePool, application: string): Promise<boolean | null> {
  try {
    await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid() and usename = current_user',
      [application],
    )
  } catch {
    return null
  }
  return await pool.query('select 1').then(
    () => true,
    () => false,
  )
}
