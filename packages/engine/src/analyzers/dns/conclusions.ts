import type { AnalyzerContext } from '../../analyzer.ts'
import type { Conclusion, Test } from '../../finding.ts'
import { concludeSum } from '../support/concluding.ts'
import { framesFilter } from '../support/display-filter.ts'
import { percentileNs } from '../support/duration-histogram.ts'
import { concludeSearchPaths } from './search-paths.ts'
import type { DnsTotals } from './totals.ts'

const SERVER_FAILURE = 2

/** What is wrong with name resolution; answers are slow from `slowNs` on. */
export function concludeDns(counts: DnsTotals, slowNs: number, context: AnalyzerContext): Conclusion[] {
  const { unanswered, slow, failures, transactions } = counts
  const answered = counts.latency.count
  const found: Conclusion[] = []
  if (unanswered.total > 0) {
    const isMany = unanswered.total > context.setting('mediumUnansweredShare') * transactions
    found.push({
      ...concludeSum('dns-unanswered', unanswered),
      severity: isMany ? 'medium' : 'low',
      samples: transactions,
      values: { unanswered: unanswered.total, queries: transactions },
      hypotheses: [
        { id: 'server-gone', accepted: answered === 0, values: { answered } },
        { id: 'some-lost', accepted: answered > 0, values: { answered, repeated: counts.repeated.total } },
      ],
      displayFilter: framesFilter(unanswered.frames),
      needs: ['both-directions', 'no-capture-drops'],
      isAbsence: true,
    })
  }
  if (slow.total > 0) {
    found.push({
      ...concludeSum('dns-slow', slow),
      severity: counts.slowNs >= context.setting('mediumSlowTotal') ? 'medium' : 'low',
      costNs: counts.slowNs,
      values: { answers: slow.total, limitNs: slowNs, totalNs: counts.slowNs },
      hypotheses: slowHypotheses(counts, slowNs),
      displayFilter: `dns.time >= ${slowNs / 1e9} && !mdns && !llmnr`,
      needs: ['monotone-clock'],
    })
  }
  const serverFailures = counts.rcodes.get(SERVER_FAILURE) ?? 0
  if (failures.total > 0) {
    found.push({
      ...concludeSum('dns-errors', failures),
      severity: 'low',
      values: { errors: failures.total, serverFailures },
      hypotheses: [
        { id: 'upstream', accepted: 2 * serverFailures >= failures.total, values: { serverFailures } },
        {
          id: 'refused',
          accepted: 2 * serverFailures < failures.total,
          values: { others: failures.total - serverFailures },
        },
      ],
      displayFilter: 'dns.flags.response == 1 && dns.flags.rcode > 0 && !(dns.flags.rcode == 3) && !icmp && !icmpv6',
    })
  }
  return [...found, ...concludeSearchPaths(counts.searchPaths, counts.responses)]
}

/** What was slow, held against what was not. */
function slowHypotheses({ slow, latency, repeated }: DnsTotals, slowNs: number): Test[] {
  const medianNs = percentileNs(latency, 0.5) ?? 0
  const isAll = medianNs >= slowNs
  return [
    { id: 'some-names', accepted: !isAll, values: { medianNs, slow: slow.total, answers: latency.count } },
    { id: 'resolver', accepted: isAll, values: { medianNs } },
    { id: 'lost', accepted: repeated.total >= slow.total, values: { repeated: repeated.total } },
  ]
}
