import type { Conclusion } from '../../finding.ts'
import { concludeIncidents, worstSubjects } from '../support/concluding.ts'
import type { SilenceTotals } from './totals.ts'

/** Endpoints of each kind that get a finding of their own. */
const MOST_ENDPOINTS = 5
const LONG_NS = 10e9

/** Only silences in which somebody was waited for are problems. */
export function silenceConclusions({ awaited, interrupted }: SilenceTotals): Conclusion[] {
  return [
    ...worstSubjects(awaited, MOST_ENDPOINTS).map(
      ([endpoint, incidents]): Conclusion => ({
        ...concludeIncidents('answer-awaited', endpoint, incidents, 'low'),
        confidence: 'medium',
        values: { endpoint, silences: incidents.count, costNs: incidents.costNs, longestNs: incidents.longestNs },
        hypotheses: [
          { id: 'responder-slow', accepted: true, values: { silences: incidents.count } },
          { id: 'waits-on-purpose', accepted: false, values: { longestNs: incidents.longestNs } },
        ],
        needs: ['both-directions', 'no-capture-drops', 'monotone-clock'],
        isAbsence: true,
      }),
    ),
    ...worstSubjects(interrupted, MOST_ENDPOINTS).map(
      ([endpoint, incidents]): Conclusion => ({
        ...concludeIncidents(
          'transfer-interrupted',
          endpoint,
          incidents,
          incidents.longestNs >= LONG_NS ? 'medium' : 'low',
        ),
        confidence: 'medium',
        values: { endpoint, silences: incidents.count, costNs: incidents.costNs, longestNs: incidents.longestNs },
        hypotheses: [
          { id: 'more-to-send', accepted: true, values: { silences: incidents.count } },
          { id: 'loss', accepted: false, values: { silences: incidents.count } },
        ],
        needs: ['both-directions', 'no-capture-drops', 'monotone-clock'],
      }),
    ),
  ]
}
