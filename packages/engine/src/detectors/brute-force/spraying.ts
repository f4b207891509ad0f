import type { Conclusion } from '../../finding.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import { attemptCount, attemptsOf, type BruteForceState, FAILED, type Series } from './attempts.ts'

export interface SprayThresholds {
  /** Targets of one source, from which few tries at each are spraying. */
  readonly targets: number
  /** As many failures at one target are guessing there, which is told by itself. */
  readonly failures: number
  readonly windowNs: number
  readonly failedShare: number
}

/** Few tries each, slowly: more time than for guesses at one target. */
const WINDOW_FACTOR = 6

/** One source that tries a service of many targets, a few times each, and hardly ever gets in. */
export function concludeSpraying({ series }: BruteForceState, thresholds: SprayThresholds): Conclusion[] {
  const groups = Map.groupBy(series.values(), ({ source, service, port }) => `${source} ${service} ${port}`)
  return mostSevere([...groups.values()].flatMap((group) => conclude(group, thresholds)))
}

function conclude(group: readonly Series[], thresholds: SprayThresholds): Conclusion[] {
  const { failures, windowNs, failedShare } = thresholds
  if (group.length < thresholds.targets) return []
  const attempts = group.reduce((sum, series) => sum + attemptCount(series), 0)
  const failedBySeries = group.map((series) =>
    attemptsOf(series)
      .filter(({ outcome }) => outcome === FAILED)
      .map(({ timeNs, frame }) => ({ target: series.target, timeNs, frame })),
  )
  const tried = failedBySeries.filter(({ length }) => length > 0 && length < failures)
  const failed = tried.flat()
  failed.sort((a, b) => a.timeNs - b.timeNs || a.frame - b.frame)
  const targets = mostTargets(failed, WINDOW_FACTOR * windowNs)
  if (targets < thresholds.targets || failed.length < failedShare * attempts) return []
  const { source, service, port, isTold } = group[0]
  const told = { failed: failed.length, attempts, targets }
  return [
    securityConclusion({
      kind: 'password-spraying',
      subject: `${source}>*:${port}`,
      severity: severityOf(targets, thresholds.targets),
      confidence: isTold ? 'high' : 'medium',
      attack: ['T1110.003'],
      frames: failed.map(({ frame }) => frame),
      values: {
        source,
        service,
        port,
        ...told,
        most: Math.max(...tried.map(({ length }) => length)),
        durationNs: failed[failed.length - 1].timeNs - failed[0].timeNs,
      },
      hypotheses: [
        { id: 'spraying', accepted: true, values: told },
        { id: 'realWork', accepted: false, values: { succeeded: attempts - failed.length, ...told } },
      ],
      needs: isTold ? [] : ['both-directions', 'connection-starts'],
    }),
  ]
}

/** Most different targets within any span of `windowNs`. */
function mostTargets(attempts: readonly { target: string; timeNs: number }[], windowNs: number): number {
  const counts = new Map<string, number>()
  let best = 0
  let start = 0
  for (const { target, timeNs } of attempts) {
    counts.set(target, (counts.get(target) ?? 0) + 1)
    for (; timeNs - attempts[start].timeNs > windowNs; start++) {
      const left = (counts.get(attempts[start].target) ?? 0) - 1
      if (left > 0) counts.set(attempts[start].target, left)
      else counts.delete(attempts[start].target)
    }
    best = Math.max(best, counts.size)
  }
  return best
}
