import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check, Verdict } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'

/** What an examination left behind; verdicts by id, no evidence. */
interface Run {
  readonly at: string
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** How many failures a run found. */
export interface RunCount {
  readonly at: string
  readonly failures: number
}

export interface RunComparison {
  /** When the server was examined before. */
  readonly since: string
  readonly newFailures: readonly string[]
  readonly putRight: readonly string[]
  /** Checks that passed or failed then and cannot be asked now. */
  readonly lost: readonly string[]
  /** The last runs, oldest first, with this one. */
  readonly trend: readonly RunCount[]
}

const MOST_RUNS = 30

/** Of runs, oldest first: the newest that is at least so old, else the oldest that is kept; the last one for no period. */
export function runOfPeriod<One extends { readonly at: string }>(
  runs: readonly One[],
  now: Date,
  periodMs: number,
): One | undefined {
  return periodMs === 0
    ? runs.at(-1)
    : (runs.findLast(({ at }) => now.getTime() - Date.parse(at) >= periodMs) ?? runs[0])
}

/**
 * Compares with the last examination of the same target, or with the one from the beginning of a period, and is kept with them. Null for
 * the first one.
 * @throws {DbopsError} STATE_UNREADABLE when what is remembered is damaged
 */
export function compareWithLastRun(
  stateFolder: string,
  target: string,
  checks: readonly Check[],
  now: Date,
  periodMs = 0,
): RunComparison | null {
  const name = createHash('sha256').update(target).digest('hex').slice(0, 16)
  const path = join(privateFolder(join(stateFolder, 'doctor')), `${name}.json`)
  const earlier = existsSync(path) ? readRuns(path) : []
  const before = runOfPeriod(earlier, now, periodMs)
  const run: Run = { at: now.toISOString(), verdicts: worstById(checks) }
  const runs = [...earlier, run].slice(-MOST_RUNS)
  atomicWrite(path, `${JSON.stringify(runs)}\n`)
  if (before === undefined) return null
  const idsWhere = (is: (then: Verdict | undefined, verdict: Verdict | undefined) => boolean): string[] =>
    [...new Set([...Object.keys(before.verdicts), ...Object.keys(run.verdicts)])]
      .filter((id) => is(before.verdicts[id], run.verdicts[id]))
      .sort()
  return {
    since: before.at,
    newFailures: idsWhere((then, verdict) => verdict === 'fail' && then !== 'fail'),
    putRight: idsWhere((then, verdict) => then === 'fail' && verdict === 'pass'),
    lost: idsWhere((then, verdict) => (then === 'pass' || then === 'fail') && (verdict ?? 'skipped') === 'skipped'),
    trend: runs.map(({ at, verdicts }) => ({
      at,
      failures: Object.values(verdicts).filter((verdict) => verdict === 'fail').length,
    })),
  }
}

/** As words: "since 2026-11-22T10:00:00.000Z: new hba.trust; put right none; failures of the last runs 3, 4". */
export function formatComparison({ since, newFailures, putRight, lost, trend }: RunComparison): string {
  const listed = (ids: readonly string[]): string => ids.join(', ') || 'none'
  const gone = lost.length === 0 ? '' : `; no longer asked ${listed(lost)}`
  const counts = trend.slice(-10).map(({ failures }) => failures)
  return `since ${since}: new ${listed(newFailures)}; put right ${listed(putRight)}${gone}; failures of the last runs ${counts.join(', ')}`
}

/** One id may stand for several findings: a failure among them counts. */
function worstById(checks: readonly Check[]): Record<string, Verdict> {
  const verdicts: Record<string, Verdict> = {}
  for (const { id, verdict } of checks) if (verdicts[id] !== 'fail') verdicts[id] = verdict
  return verdicts
}

/** Earlier versions kept the last run alone. */
function readRuns(path: string): Run[] {
  const hint = 'delete it: the next run begins anew'
  let found: unknown
  try {
    found = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, { cause, hint })
  }
  const runs = Array.isArray(found) ? found : [found]
  if (runs.every(isRun)) return runs
  throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, { hint })
}

function isRun(one: unknown): one is Run {
  const { at, verdicts } = (one ?? {}) as Partial<Run>
  return typeof at === 'string' && typeof verdicts === 'object' && verdicts !== null
}
