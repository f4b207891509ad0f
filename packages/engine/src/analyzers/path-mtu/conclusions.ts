import type { Conclusion } from '../../finding.ts'
import { concludeIncidents, worstSubjects } from '../support/concluding.ts'
import type { PathMtuTotals, StuckPath } from './totals.ts'

/** Paths of each kind that get a finding of their own. */
const MOST_PATHS = 5

export function pathMtuConclusions(totals: PathMtuTotals): Conclusion[] {
  return [
    ...worstSubjects(totals.blackHoles, MOST_PATHS).map(([key, path]) => blackHole(totals, key, path)),
    ...worstSubjects(totals.unanswered, MOST_PATHS).map(([key, path]) => unanswered(key, path)),
  ]
}

function blackHole(totals: PathMtuTotals, key: string, path: StuckPath): Conclusion {
  const { sender, receiver, count, resends, resolved, peerSegments, largestDeliveredBytes } = path
  const told = totals.tooBig.get(receiver)
  const messages = told?.count ?? 0
  const mtu = told !== undefined && Number.isFinite(told.leastMtuBytes) ? told.leastMtuBytes : 0
  // a receiver that is heard of meanwhile, or smaller pieces that pass, prove that the path is open
  const isProven = resolved > 0 || peerSegments > 0
  const isRepeated = count > 1
  return {
    ...concludeIncidents('path-mtu-black-hole', key, path, isProven || isRepeated ? 'high' : 'medium'),
    confidence: isProven ? 'high' : isRepeated ? 'medium' : 'low',
    values: {
      sender,
      receiver,
      connections: count,
      resends,
      stuckBytes: path.leastStuckBytes,
      deliveredBytes: largestDeliveredBytes,
      costNs: path.costNs,
      messages,
    },
    hypotheses: [
      {
        id: 'too-large',
        accepted: true,
        values: { stuckBytes: path.leastStuckBytes, deliveredBytes: largestDeliveredBytes, resolved },
      },
      { id: 'icmp-lost', accepted: messages === 0, values: { messages, mtu } },
      { id: 'icmp-ignored', accepted: messages > 0, values: { messages, mtu } },
      { id: 'receiver-gone', accepted: resolved === 0 && peerSegments === 0, values: { peerSegments } },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  }
}

function unanswered(key: string, path: StuckPath): Conclusion {
  const { sender, receiver, count, resends, largestDeliveredBytes, leastStuckBytes, peerSegments } = path
  return {
    ...concludeIncidents('tcp-peer-silent', key, path, 'medium'),
    confidence: 'medium',
    values: { sender, receiver, connections: count, resends, costNs: path.costNs },
    hypotheses: [
      { id: 'gone', accepted: peerSegments === 0, values: { peerSegments } },
      { id: 'one-way', accepted: peerSegments > 0, values: { peerSegments } },
      {
        id: 'too-large',
        accepted: false,
        values: { stuckBytes: leastStuckBytes, deliveredBytes: largestDeliveredBytes },
      },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  }
}
