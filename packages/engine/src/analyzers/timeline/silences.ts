import type { Conclusion } from '../../finding.ts'
import type { CaptureSummary } from '../../report.ts'
import { addIncident, concludeIncidents, newIncidents } from '../support/concluding.ts'
import { binsInOrder, type TimeBins } from '../support/time-bins.ts'

/** Frames that the mean rate would have brought, from which on a silence is no chance. */
const LEAST_EXPECTED_FRAMES = 100
const LONG_NS = 5e9

/** A time in which the capture holds no frame at all. */
export interface SilentPeriod {
  frameBefore: number
  frameAfter: number
  startNs: number
  durationNs: number
}

/** Periods between bins that are at least so long, in the order of time. */
export function findSilences(bins: TimeBins, leastNs: number): SilentPeriod[] {
  const found: SilentPeriod[] = []
  let lastTimeNs = Number.POSITIVE_INFINITY
  let lastFrame = 0
  for (const bin of binsInOrder(bins, 1)) {
    const durationNs = bin.firstTimeNs - lastTimeNs
    if (durationNs >= leastNs)
      found.push({ frameBefore: lastFrame, frameAfter: bin.firstFrame, startNs: lastTimeNs, durationNs })
    lastTimeNs = bin.lastTimeNs
    lastFrame = bin.lastFrame
  }
  return found
}

/** A silence is worth a word when the rest of the capture is busy: an outage, or the capture itself stopped. */
export function silenceConclusion(silences: readonly SilentPeriod[], capture: CaptureSummary): Conclusion[] {
  const silentNs = silences.reduce((sum, { durationNs }) => sum + durationNs, 0)
  const busyNs = capture.durationNs - silentNs
  if (busyNs <= 0) return []
  const framesPerNs = capture.packets / busyNs
  const incidents = newIncidents()
  for (const { durationNs, frameBefore, frameAfter } of silences)
    if (durationNs * framesPerNs >= LEAST_EXPECTED_FRAMES) addIncident(incidents, durationNs, frameBefore, frameAfter)
  // where silence is the rule it is no event
  if (incidents.count === 0 || silentNs > busyNs) return []
  const expected = Math.round(incidents.longestNs * framesPerNs)
  return [
    {
      ...concludeIncidents('capture-silent', 'capture', incidents, incidents.longestNs >= LONG_NS ? 'medium' : 'low'),
      confidence: 'medium',
      values: {
        periods: incidents.count,
        costNs: incidents.costNs,
        longestNs: incidents.longestNs,
        expected,
      },
      hypotheses: [
        { id: 'outage', accepted: true, values: { expected } },
        { id: 'quiet', accepted: false, values: { silentNs, busyNs } },
      ],
      needs: ['no-capture-drops', 'monotone-clock'],
    },
  ]
}
