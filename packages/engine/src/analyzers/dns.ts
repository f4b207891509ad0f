import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion, Test } from '../finding.ts'
import type { DnsMessageEvent } from '../protocols/messages.ts'
import type { Section, Table } from '../report.ts'
import { MOST_ROWS, tableOf } from '../tables.ts'
import {
  addAnswer,
  concludeSearchPaths,
  mergeSearchPaths,
  newSearchPaths,
  type SearchPaths,
} from './dns/search-paths.ts'
import { getOrMake, largest } from './support/bounded-map.ts'
import { concludeSum } from './support/concluding.ts'
import { framesFilter } from './support/display-filter.ts'
import {
  addDuration,
  type DurationHistogram,
  mergeHistogram,
  newHistogram,
  percentileNs,
} from './support/duration-histogram.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from './support/evidence-frames.ts'
import { percentileFacts } from './support/percentile-facts.ts'

const MOST_NAMES = 1 << 13
const NAME_ERROR = 3
const SERVER_FAILURE = 2

/** DNS, mDNS and LLMNR: response times, error codes, queries without answer or repeated. */
export const dns: AnalyzerDefinition = {
  id: 'dns',
  title: 'DNS',
  description: 'Queries and responses, latency, error codes, unanswered and repeated queries, names asked for most.',
  settings: {
    slowAnswer: {
      unit: 'ns',
      default: 500e6,
      least: 0,
      most: 3600e9,
      description: 'Answers that take at least this long are slow.',
    },
    mediumSlowTotal: {
      unit: 'ns',
      default: 5e9,
      least: 0,
      most: 86_400e9,
      description: 'Slow answers that together take at least this long are of medium severity.',
    },
    mediumUnansweredShare: {
      unit: 'ratio',
      default: 0.05,
      least: 0,
      most: 1,
      description: 'From more than this share of unanswered queries on, severity is medium.',
    },
  },
  create: (context) => new Dns(context),
}

interface State {
  queries: number
  /** First transmissions of queries to name servers: those that can stay without answer. */
  transactions: number
  responses: number
  repeated: EvidenceFrames
  unanswered: EvidenceFrames
  slow: EvidenceFrames
  /** Beyond the slowness limit, summed. */
  slowNs: number
  failures: EvidenceFrames
  rcodes: Map<number, number>
  latency: DurationHistogram
  names: Map<string, number>
  searchPaths: SearchPaths
}

class Dns implements Analyzer<State> {
  private readonly counts: State = {
    queries: 0,
    transactions: 0,
    responses: 0,
    repeated: newEvidence(),
    unanswered: newEvidence(),
    slow: newEvidence(),
    slowNs: 0,
    failures: newEvidence(),
    rcodes: new Map(),
    latency: newHistogram(),
    names: new Map(),
    searchPaths: newSearchPaths(),
  }
  private readonly slowNs: number
  private readonly context: AnalyzerContext
  readonly on = {
    dns: (message: DnsMessageEvent) => this.message(message),
    dnsUnanswered: (query: DnsMessageEvent) => addFrame(this.counts.unanswered, query.frame),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.slowNs = context.latencyNs ?? context.setting('slowAnswer')
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    counts.queries += other.queries
    counts.transactions += other.transactions
    counts.responses += other.responses
    counts.slowNs += other.slowNs
    for (const name of ['repeated', 'unanswered', 'slow', 'failures'] as const) mergeEvidence(counts[name], other[name])
    for (const [rcode, count] of other.rcodes) counts.rcodes.set(rcode, (counts.rcodes.get(rcode) ?? 0) + count)
    mergeHistogram(counts.latency, other.latency)
    for (const [name, count] of other.names) this.countName(name, count)
    mergeSearchPaths(counts.searchPaths, other.searchPaths)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const fact = (key: string, label: string, value: number): Section['facts'][number] => ({
      key,
      label,
      unit: 'count',
      value,
    })
    return {
      section: {
        id: dns.id,
        title: dns.title,
        view: null,
        facts: [
          fact('queries', 'Queries', counts.queries),
          fact('transactions', 'Queries to name servers, repetitions left out', counts.transactions),
          fact('responses', 'Responses', counts.responses),
          fact('unanswered', 'Queries without answer', counts.unanswered.total),
          fact('failures', 'Answers with an error other than no such name', counts.failures.total),
          fact('repeated', 'Messages repeated', counts.repeated.total),
          ...percentileFacts('', 'Latency', counts.latency),
        ],
        tables: [rcodeTable(counts.rcodes), nameTable(counts.names)],
      },
      conclusions: this.conclusions(),
    }
  }

  private message(message: DnsMessageEvent): void {
    const { counts } = this
    if (message.isRetransmission) addFrame(counts.repeated, message.frame)
    if (!message.isResponse) {
      counts.queries++
      if (message.family === 'dns' && !message.isRetransmission) counts.transactions++
      if (message.name !== null) this.countName(message.name, 1)
      return
    }
    counts.responses++
    const rcode = message.rcode ?? 0
    counts.rcodes.set(rcode, (counts.rcodes.get(rcode) ?? 0) + 1)
    if (rcode !== 0 && rcode !== NAME_ERROR) addFrame(counts.failures, message.frame)
    else addAnswer(counts.searchPaths, message, rcode === NAME_ERROR)
    // answers to a group come when hosts please, spread on purpose (RFC 6762 §6)
    if (message.responseTo === 0 || message.family !== 'dns') return
    addDuration(counts.latency, message.latencyNs)
    if (message.latencyNs < this.slowNs) return
    addFrame(counts.slow, message.frame)
    counts.slowNs += message.latencyNs
  }

  private countName(name: string, count: number): void {
    const known = getOrMake(this.counts.names, name, MOST_NAMES, () => 0)
    if (known !== null) this.counts.names.set(name, known + count)
  }

  /** What was slow, held against what was not. */
  private slowHypotheses(): Test[] {
    const { slow, latency, repeated } = this.counts
    const medianNs = percentileNs(latency, 0.5) ?? 0
    const isAll = medianNs >= this.slowNs
    return [
      { id: 'some-names', accepted: !isAll, values: { medianNs, slow: slow.total, answers: latency.count } },
      { id: 'resolver', accepted: isAll, values: { medianNs } },
      { id: 'lost', accepted: repeated.total >= slow.total, values: { repeated: repeated.total } },
    ]
  }

  private conclusions(): Conclusion[] {
    const { counts, slowNs } = this
    const { unanswered, slow, failures, transactions } = counts
    const answered = counts.latency.count
    const found: Conclusion[] = []
    if (unanswered.total > 0) {
      const isMany = unanswered.total > this.context.setting('mediumUnansweredShare') * transactions
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
        severity: counts.slowNs >= this.context.setting('mediumSlowTotal') ? 'medium' : 'low',
        costNs: counts.slowNs,
        values: { answers: slow.total, limitNs: slowNs, totalNs: counts.slowNs },
        hypotheses: this.slowHypotheses(),
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
}

function rcodeTable(rcodes: Map<number, number>): Table {
  const mostFirst = [...rcodes].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return tableOf({ key: 'rcodes', title: 'Responses by code (RFC 6895)' }, mostFirst, [
    { key: 'rcode', label: 'Code', unit: 'count', value: ([rcode]) => rcode },
    { key: 'responses', label: 'Responses', unit: 'count', value: ([, responses]) => responses },
  ])
}

function nameTable(names: Map<string, number>): Table {
  return tableOf(
    { key: 'names', title: 'Names asked for most', total: names.size },
    largest(names, MOST_ROWS, (count) => count),
    [
      { key: 'name', label: 'Name', unit: 'text', value: ([name]) => name.slice(0, 255) },
      { key: 'queries', label: 'Queries', unit: 'count', value: ([, count]) => count },
    ],
  )
}
