import type { Conclusion } from '../../finding.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import {
  type Attempt,
  attemptCount,
  attemptsOf,
  type BruteForceState,
  FAILED,
  type Series,
  SUCCEEDED,
} from './attempts.ts'

export interface GuessThresholds {
  readonly failures: number
  readonly windowNs: number
  readonly failedShare: number
}

/** A series in which hardly anything but greetings is seen must be that much quicker. */
const GREETINGS_FACTOR = 10
/** Programs that ask web pages in vain are more common than those that log in elsewhere in vain. */
const WEB_FACTOR = 2
/** Attempts that need no ten minutes: a burst of this share of the threshold within seconds is no person either. */
const BURST_SHARE = 0.6
const BURST_NS = 5e9

/** The series that are guessing, at most one conclusion for a source, a target and a service. */
export function concludeGuessing(state: BruteForceState, thresholds: GuessThresholds): Conclusion[] {
  const found: Conclusion[] = []
  for (const series of state.series.values()) {
    const conclusion = conclude(series, thresholds)
    if (conclusion !== null) found.push(conclusion)
  }
  return mostSevere(found)
}

function conclude(series: Series, thresholds: GuessThresholds): Conclusion | null {
  const failures = thresholds.failures * (series.service === 'HTTP' ? WEB_FACTOR : 1)
  const leastBurst = Math.ceil(failures * BURST_SHARE)
  if (attemptCount(series) < leastBurst) return null
  const attempts = attemptsOf(series)
  const unsuccessful = attempts.filter(({ outcome }) => outcome !== SUCCEEDED)
  const failed = unsuccessful.filter(({ outcome }) => outcome === FAILED)
  const { windowNs } = thresholds
  const peak = most(failed, windowNs)
  const burst = most(failed, BURST_NS)
  const greetings = most(unsuccessful, windowNs / GREETINGS_FACTOR)
  const isSeries = peak >= failures || greetings >= failures
  if (!isSeries && burst < leastBurst) return null
  const share = unsuccessful.length / attempts.length
  if (share < thresholds.failedShare) return null
  const entered = attempts.find(
    ({ timeNs, outcome }) => outcome === SUCCEEDED && precededBy(unsuccessful, timeNs, failures),
  )
  const told = { failed: unsuccessful.length, attempts: attempts.length }
  const worst = severityOf(Math.max(peak, greetings), failures)
  return securityConclusion({
    kind: entered === undefined ? 'password-guessing' : 'password-guessed',
    subject: `${series.source}>${series.target}:${series.port}${series.resource}`,
    severity: entered === undefined ? worst : 'critical',
    confidence: series.isTold ? 'high' : isSeries ? 'medium' : 'low',
    attack: ['T1110.001'],
    frames: [...unsuccessful.map(({ frame }) => frame), ...(entered === undefined ? [] : [entered.frame])],
    values: {
      source: series.source,
      target: series.target,
      port: series.port,
      service: series.service,
      resource: series.resource,
      ...told,
      beyond: series.beyond,
      durationNs: unsuccessful[unsuccessful.length - 1].timeNs - unsuccessful[0].timeNs,
      enteredFrame: entered?.frame ?? 0,
    },
    hypotheses: [
      { id: series.isTold ? 'refusedInClear' : 'shortConnections', accepted: true, values: told },
      { id: 'realWork', accepted: false, values: { succeeded: attempts.length - unsuccessful.length, ...told } },
    ],
    needs: series.isTold ? [] : ['both-directions', 'connection-starts'],
  })
}

/** Most attempts within any span of `windowNs`. */
function most(attempts: readonly Attempt[], windowNs: number): number {
  let best = 0
  let start = 0
  for (let end = 0; end < attempts.length; end++) {
    while (attempts[end].timeNs - attempts[start].timeNs > windowNs) start++
    best = Math.max(best, end - start + 1)
  }
  return best
}

/** True when at least half as many attempts as make a series failed before: then getting in is the news. */
function precededBy(unsuccessful: readonly Attempt[], timeNs: number, failures: number): boolean {
  return unsuccessful.filter((attempt) => attempt.timeNs < timeNs).length >= failures / 2
}
