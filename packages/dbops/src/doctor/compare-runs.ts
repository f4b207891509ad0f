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

export interface RunComparison {
  /** When the server was examined before. */
  readonly since: string
  readonly newFailures: readonly string[]
  readonly putRight: readonly string[]
  /** Checks that passed or failed then and cannot be asked now. */
  readonly lost: readonly string[]
}

/**
 * Compares with the last examination of the same target, and takes its place. Null for the first one.
 * @throws {DbopsError} STATE_UNREADABLE when what is remembered is damaged
 */
export function compareWithLastRun(
  stateFolder: string,
  target: string,
  checks: readonly Check[],
  now: Date,
): RunComparison | null {
  const name = createHash('sha256').update(target).digest('hex').slice(0, 16)
  const path = join(privateFolder(join(stateFolder, 'doctor')), `${name}.json`)
  const before = existsSync(path) ? readRun(path) : null
  const run: Run = { at: now.toISOString(), verdicts: worstById(checks) }
  atomicWrite(path, `${JSON.stringify(run)}\n`)
  if (before === null) return null
  const idsWhere = (is: (then: Verdict | undefined, verdict: Verdict | undefined) => boolean): string[] =>
    [...new Set([...Object.keys(before.verdicts), ...Object.keys(run.verdicts)])]
      .filter((id) => is(before.verdicts[id], run.verdicts[id]))
      .sort()
  return {
    since: before.at,
    newFailures: idsWhere((then, verdict) => verdict === 'fail' && then !== 'fail'),
    putRight: idsWhere((then, verdict) => then === 'fail' && verdict === 'pass'),
    lost: idsWhere((then, verdict) => (then === 'pass' || then === 'fail') && (verdict ?? 'skipped') === 'skipped'),
  }
}

/** As words: "since 2026-11-22T10:00:00.000Z: new hba.trust; put right none". */
export function formatComparison({ since, newFailures, putRight, lost }: RunComparison): string {
  const listed = (ids: readonly string[]): string => ids.join(', ') || 'none'
  return `since ${since}: new ${listed(newFailures)}; put right ${listed(putRight)}${lost.length === 0 ? '' : `; no longer asked ${listed(lost)}`}`
}

/** One id may stand for several findings: a failure among them counts. */
function worstById(checks: readonly Check[]): Record<string, Verdict> {
  const verdicts: Record<string, Verdict> = {}
  for (const { id, verdict } of checks) if (verdicts[id] !== 'fail') verdicts[id] = verdict
  return verdicts
}

function readRun(path: string): Run {
  try {
    const run = JSON.parse(readFileSync(path, 'utf8')) as Run
    if (typeof run.at === 'string' && typeof run.verdicts === 'object' && run.verdicts !== null) return run
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, {
      cause,
      hint: 'delete it: the next run begins anew',
    })
  }
  throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, { hint: 'delete it: the next run begins anew' })
}
