import type { Conclusion } from '../../finding.ts'
import { concludeIncidents, worstSubjects } from '../support/concluding.ts'
import type { ClosedWindows, SmallWindows, WindowTotals } from './totals.ts'

/** Receivers of each kind that get a finding of their own. */
const MOST_RECEIVERS = 5
const LONG_NS = 1e9
const NOTICED_NS = 500e6
const SHORT_RTT_NS = 1e6

/** Findings name the host whose window it is: the receiver. */
export function windowConclusions({ closed, small }: WindowTotals, leastNs: number): Conclusion[] {
  return [
    ...worstSubjects(closed, MOST_RECEIVERS)
      .filter(([, windows]) => windows.costNs >= leastNs)
      .map(([host, windows]) => closedWindow(host, windows)),
    ...worstSubjects(small, MOST_RECEIVERS)
      .filter(([, { rttNs }]) => rttNs >= SHORT_RTT_NS)
      .map(([host, windows]) => smallWindow(host, windows)),
  ]
}

function closedWindow(host: string, closed: ClosedWindows): Conclusion {
  const { segments, connections, costNs, longestClosedNs } = closed
  return {
    ...concludeIncidents(
      'tcp-receiver-full',
      host,
      closed,
      costNs >= LONG_NS ? 'high' : costNs >= NOTICED_NS ? 'medium' : 'low',
    ),
    values: { host, segments, connections, costNs, longestNs: longestClosedNs },
    hypotheses: [
      { id: 'slow-reader', accepted: true, values: { costNs } },
      { id: 'network', accepted: false, values: { segments } },
      { id: 'sender', accepted: false, values: { segments } },
    ],
    needs: ['both-directions', 'monotone-clock'],
  }
}

function smallWindow(host: string, small: SmallWindows): Conclusion {
  const { count, costNs, greatestMeanBytes, resumedFull, resumes, rttNs } = small
  const mostBitsPerSecond = rttNs > 0 ? Math.round((greatestMeanBytes * 8e9) / rttNs) : 0
  return {
    ...concludeIncidents('tcp-window-too-small', host, small, 'low'),
    confidence: 'medium',
    samples: resumes,
    values: {
      host,
      transfers: count,
      windowBytes: greatestMeanBytes,
      rttNs,
      costNs,
      megabitsPerSecond: Math.round(mostBitsPerSecond / 1e4) / 100,
    },
    hypotheses: [
      { id: 'window', accepted: true, values: { resumedFull, resumes } },
      { id: 'slow-reader', accepted: false, values: { zeroWindows: 0 } },
    ],
    needs: ['both-directions', 'no-capture-drops', 'connection-starts', 'monotone-clock'],
  }
}
