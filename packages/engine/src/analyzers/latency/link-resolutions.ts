import { CLIENT_THINK, DNS } from './parts.ts'
import { type LatencyTotals, resolutionsOf } from './totals.ts'

/** A connection opened later than this after an answer did not wait for it. */
const MOST_SINCE_ANSWER_NS = 1e9

/** Puts the DNS query before a connection at the front of its budget: the listed transactions that begin with a connection. */
export function linkResolutions(totals: LatencyTotals): void {
  for (const transaction of totals.slowest) {
    if (transaction.connectedFrame === 0) continue
    const known = resolutionsOf(totals, transaction.client, transaction.server)
    const before = known.filter(
      ({ answerNs }) => answerNs <= transaction.beginNs && transaction.beginNs - answerNs < MOST_SINCE_ANSWER_NS,
    )
    if (before.length === 0) continue
    const last = before.reduce((a, b) =>
      b.answerNs > a.answerNs || (b.answerNs === a.answerNs && b.frame > a.frame) ? b : a,
    )
    transaction.times[DNS] = last.answerNs - last.queryNs
    transaction.times[CLIENT_THINK] += transaction.beginNs - last.answerNs
    transaction.beginNs = last.queryNs
    transaction.dnsFrame = last.frame
  }
}
