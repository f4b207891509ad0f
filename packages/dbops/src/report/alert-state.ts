import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, type Tier, tiers } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'

/** A failure that was told. */
export interface OpenAlert {
  readonly id: string
  readonly target: string | null
  readonly tier: Tier
  readonly firstAt: string
  readonly lastSentAt: string
  readonly times: number
  readonly acknowledged: { readonly by: string; readonly until: string; readonly reason: string } | null
}

/** A try to tell somebody. */
export interface Delivery {
  readonly at: string
  readonly channel: string
  readonly failure: string | null
}

export interface AlertState {
  readonly open: readonly OpenAlert[]
  readonly deliveries: readonly Delivery[]
}

const MOST_DELIVERIES = 200

/** @throws {DbopsError} STATE_UNREADABLE */
export function readAlerts(stateFolder: string): AlertState {
  const path = join(stateFolder, 'alerts.json')
  if (!existsSync(path)) return { open: [], deliveries: [] }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as AlertState
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, {
      cause,
      hint: 'delete it: what fails is told anew',
    })
  }
}

/** Reads, works and writes with nobody in between. */
export async function changeAlerts<Result>(
  stateFolder: string,
  work: (state: AlertState) => Promise<readonly [AlertState, Result]> | readonly [AlertState, Result],
): Promise<Result> {
  const path = join(privateFolder(stateFolder), 'alerts.json')
  return await withFileLock({ path: `${path}.lock`, purpose: 'alerts', waitMs: 120_000 }, async () => {
    const [state, result] = await work(readAlerts(stateFolder))
    const kept = { ...state, deliveries: state.deliveries.slice(-MOST_DELIVERIES) }
    atomicWrite(path, `${JSON.stringify(kept, null, 1)}\n`)
    return result
  })
}

/** What is worth telling now, and what will be known of it when it is told. */
export interface News {
  readonly failed: readonly Check[]
  readonly resolved: readonly OpenAlert[]
  /** Failures that were told lately, or that somebody answers for. */
  readonly silent: readonly string[]
  readonly after: readonly OpenAlert[]
}

export interface NewsOptions {
  readonly target: string | null
  readonly least: Tier
  readonly repeatMs: number
  readonly now: Date
}

/** Holds checks against what was told: a failure counts once in a while, one that passes again is told as well. */
export function newsOf(open: readonly OpenAlert[], checks: readonly Check[], options: NewsOptions): News {
  const { target, least, repeatMs, now } = options
  const isOurs = (alert: OpenAlert): boolean => alert.target === target
  const failing = new Map(
    checks
      .filter(({ verdict, tier }) => verdict === 'fail' && tiers.indexOf(tier) <= tiers.indexOf(least))
      .map((check) => [check.id, check]),
  )
  const known = new Map(open.filter(isOurs).map((alert) => [alert.id, alert]))
  const isSilent = (id: string): boolean => {
    const alert = known.get(id)
    if (alert === undefined) return false
    if (alert.acknowledged !== null && alert.acknowledged.until >= now.toISOString().slice(0, 10)) return true
    return now.getTime() - Date.parse(alert.lastSentAt) < repeatMs
  }
  const failed = [...failing.values()].filter(({ id }) => !isSilent(id))
  const passes = new Set(checks.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id))
  const resolved = [...known.values()].filter(({ id }) => passes.has(id) && !failing.has(id))
  const told = failed.map(({ id, tier }): OpenAlert => {
    const before = known.get(id)
    const at = now.toISOString()
    return {
      id,
      target,
      tier,
      firstAt: before?.firstAt ?? at,
      lastSentAt: at,
      times: (before?.times ?? 0) + 1,
      acknowledged: null,
    }
  })
  const gone = new Set([...told, ...resolved].map(({ id }) => id))
  return {
    failed,
    resolved,
    silent: [...failing.keys()].filter(isSilent),
    after: [...open.filter((alert) => !isOurs(alert) || !gone.has(alert.id)), ...told],
  }
}
