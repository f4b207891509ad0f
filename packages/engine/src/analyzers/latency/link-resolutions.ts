import { CLIENT_THINK, DNS } from './parts.ts'
import { type Budget, earliestOpenings, type LatencyTotals, type Resolution, resolutionsOf } from './totals.ts'

/** A connection opened later than this after an answer did not wait for it. */
const MOST_SINCE_ANSWER_NS = 1e9

/** Puts the DNS query before a connection at the front of its budget: of listed transactions that begin with one, and of their sums. */
export function linkResolutions(totals: LatencyTotals): void {
  for (const transaction of totals.slowest) {
    if (transaction.connectedFrame === 0) continue
    const last = lastBefore(resolutionsOf(totals, transaction.client, transaction.server), transaction.beginNs)
    if (last === null) continue
    transaction.times[DNS] = last.answerNs - last.queryNs
    transaction.times[CLIENT_THINK] += transaction.beginNs - last.answerNs
    transaction.beginNs = last.queryNs
    transaction.dnsFrame = last.frame
  }
  linkBudgets(totals)
}

/** The sums of servers and of pairs of hosts: an answer counts once, however many of their connections waited for it. */
function linkBudgets(totals: LatencyTotals): void {
  // by frame of the answer
  const waitedFor = new Map<Budget, Map<number, number>>()
  for (const [ends, begins] of totals.openings) {
    if (!totals.resolutions.has(ends.slice(0, ends.indexOf(' ')))) continue
    const [client, server, port] = ends.split(' ')
    const known = resolutionsOf(totals, client, server)
    if (known.length === 0) continue
    const answers = earliestOpenings(begins).flatMap((begin) => lastBefore(known, begin) ?? [])
    for (const budget of [totals.servers.get(`${server} ${port}`), totals.conversations.get(`${client} ${server}`)]) {
      if (budget === undefined) continue
      const waits = waitedFor.get(budget) ?? new Map<number, number>()
      for (const { frame, queryNs, answerNs } of answers) waits.set(frame, answerNs - queryNs)
      waitedFor.set(budget, waits)
    }
  }
  for (const [budget, waits] of waitedFor) {
    budget.times[DNS] = [...waits.values()].reduce((sum, waitNs) => sum + waitNs, 0)
  }
}

/** The last answer that a connection which began then may have waited for. */
function lastBefore(known: readonly Resolution[], beginNs: number): Resolution | null {
  const before = known.filter(({ answerNs }) => answerNs <= beginNs && beginNs - answerNs < MOST_SINCE_ANSWER_NS)
  if (before.length === 0) return null
  return before.reduce((a, b) => (b.answerNs > a.answerNs || (b.answerNs === a.answerNs && b.frame > a.frame) ? b : a))
}
