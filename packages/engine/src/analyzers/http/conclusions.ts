import type { AnalyzerContext } from '../../analyzer.ts'
import type { Conclusion, Test } from '../../finding.ts'
import { concludeSum } from '../support/concluding.ts'
import { percentileNs } from '../support/duration-histogram.ts'
import type { HttpTotals } from './totals.ts'

/** What is wrong with the servers; responses are slow from `slowNs` on. */
export function concludeHttp(counts: HttpTotals, slowNs: number, context: AnalyzerContext): Conclusion[] {
  const { slow, serverErrors, responses } = counts
  const found: Conclusion[] = []
  if (slow.total > 0) {
    found.push({
      ...concludeSum('http-slow-server', slow),
      view: 'ours',
      severity: counts.slowNs >= context.setting('highSlowTotal') ? 'high' : 'medium',
      costNs: counts.slowNs,
      values: { slow: slow.total, responses, limitNs: slowNs, totalNs: counts.slowNs },
      hypotheses: slowHypotheses(counts, slowNs),
      needs: ['monotone-clock'],
    })
  }
  if (serverErrors.total > 0) {
    found.push({
      ...concludeSum('http-server-errors', serverErrors),
      view: 'ours',
      severity: 'medium',
      values: { errors: serverErrors.total, responses },
      hypotheses: [
        { id: 'server', accepted: true, values: { errors: serverErrors.total } },
        { id: 'request', accepted: false, values: { clientErrors: counts.clientErrors } },
      ],
      displayFilter: 'http.response.code >= 500',
    })
  }
  return found
}

/** The wait for the first byte, held against the round trips of the same connections and against the other responses. */
function slowHypotheses(counts: HttpTotals, slowNs: number): Test[] {
  const { slow, slowNs: totalNs, firstByte } = counts
  // the round trip of a handshake may have been longer than the wait
  const pathNs = Math.min(counts.slowPathNs, totalNs)
  const medianNs = percentileNs(firstByte, 0.5) ?? 0
  const isPath = 2 * pathNs >= totalNs
  return [
    { id: 'server', accepted: !isPath, values: { serverNs: totalNs - pathNs, totalNs } },
    { id: 'path', accepted: isPath, values: { pathNs, totalNs } },
    { id: 'always', accepted: medianNs >= slowNs, values: { medianNs, slow: slow.total } },
  ]
}
