import { setTimeout } from 'node:timers/promises'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { serverError } from '../connection/server-errors.ts'
import type { DbopsError } from '../errors.ts'
import { type LimitedNumber, type Snapshot, takeSnapshot } from './snapshot.ts'

/** One look at a server: what was seen, or why nothing was. */
export interface Look {
  readonly at: Date
  readonly snapshot: Snapshot | null
  readonly failure: DbopsError | null
  /** In this database since the look before; null for the first. */
  readonly transactionsPerSecond: number | null
  /** Numbers above their limit. */
  readonly exceeded: readonly LimitedNumber[]
}

export interface WatchOptions {
  readonly server: ConnectionParameters
  readonly intervalMs: number
  /** How often; without end when it is null. */
  readonly count: number | null
  readonly limits: ReadonlyMap<LimitedNumber, number>
  readonly now: () => Date
  /** Ends the watch, at the latest after the look that goes on. */
  readonly signal: AbortSignal
}

/** Looks again and again in one session, and in a new one when that is lost: a server that is gone for a while ends nothing. */
export async function* watchServer(options: WatchOptions): AsyncGenerator<Look> {
  const { server, intervalMs, count, limits, now, signal } = options
  let client: ServerClient | null = null
  let before: { readonly transactions: number; readonly at: Date } | null = null
  try {
    for (let looks = 0; !signal.aborted && (count === null || looks < count); looks++) {
      if (looks > 0 && !(await paused(intervalMs, signal))) return
      const at = now()
      try {
        client ??= await connectServer({ ...server, applicationName: 'dbops watch' })
        client.on('error', () => {}) // the next question tells of it
        const snapshot = await takeSnapshot(client)
        const { transactions } = snapshot
        const seconds = before === null ? 0 : (at.getTime() - before.at.getTime()) / 1000
        const transactionsPerSecond =
          before === null || seconds <= 0 ? null : (transactions - before.transactions) / seconds
        before = { transactions, at }
        const exceeded = [...limits].filter(([name, limit]) => snapshot[name] > limit).map(([name]) => name)
        yield { at, snapshot, failure: null, transactionsPerSecond, exceeded }
      } catch (error) {
        await client?.end().catch(() => {})
        client = null
        before = null
        yield { at, snapshot: null, failure: serverError(error), transactionsPerSecond: null, exceeded: [] }
      }
    }
  } finally {
    await client?.end().catch(() => {})
  }
}

/** False when it was interrupted. */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}
