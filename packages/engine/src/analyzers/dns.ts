import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { SpokenFinding } from '../finding.ts'
import type { DnsMessageEvent } from '../protocols/messages.ts'
import type { Section } from '../report.ts'
import { getOrMake, largest } from './support/bounded-map.ts'
import { framesFilter } from './support/display-filter.ts'
import {
  addDuration,
  type DurationHistogram,
  mergeHistogram,
  newHistogram,
  percentileNs,
} from './support/duration-histogram.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from './support/evidence-frames.ts'
import { countText, durationText, percentText } from './support/units.ts'

const MOST_NAMES = 1 << 13
const MOST_ROWS = 20
const SLOW_NS = 500_000_000
const NAME_ERROR = 3
const SERVER_FAILURE = 2

/** DNS, mDNS and LLMNR: response times, error codes, queries without answer or repeated. */
export const dns: AnalyzerDefinition = {
  id: 'dns',
  title: 'DNS',
  description: 'Queries and responses, latency, error codes, unanswered and repeated queries, names asked for most.',
  create: (context) => new Dns(context),
}

interface State {
  queries: number
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
}

class Dns implements Analyzer<State> {
  private readonly counts: State = {
    queries: 0,
    responses: 0,
    repeated: newEvidence(),
    unanswered: newEvidence(),
    slow: newEvidence(),
    slowNs: 0,
    failures: newEvidence(),
    rcodes: new Map(),
    latency: newHistogram(),
    names: new Map(),
  }
  private readonly slowNs: number
  readonly on = {
    dns: (message: DnsMessageEvent) => this.message(message),
    dnsUnanswered: (query: DnsMessageEvent) => addFrame(this.counts.unanswered, query.frame),
  }

  constructor(context: AnalyzerContext) {
    this.slowNs = context.latencyNs ?? SLOW_NS
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    counts.queries += other.queries
    counts.responses += other.responses
    counts.slowNs += other.slowNs
    for (const name of ['repeated', 'unanswered', 'slow', 'failures'] as const) mergeEvidence(counts[name], other[name])
    for (const [rcode, count] of other.rcodes) counts.rcodes.set(rcode, (counts.rcodes.get(rcode) ?? 0) + count)
    mergeHistogram(counts.latency, other.latency)
    for (const [name, count] of other.names) this.countName(name, count)
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
          fact('responses', 'Responses', counts.responses),
          fact('unanswered', 'Queries without answer', counts.unanswered.total),
          fact('repeated', 'Messages repeated', counts.repeated.total),
          { key: 'medianNs', label: 'Latency: median', unit: 'ns', value: percentileNs(counts.latency, 0.5) },
          { key: 'p95Ns', label: 'Latency: 95th percentile', unit: 'ns', value: percentileNs(counts.latency, 0.95) },
          { key: 'greatestNs', label: 'Latency: greatest', unit: 'ns', value: percentileNs(counts.latency, 1) },
        ],
        tables: [rcodeTable(counts.rcodes), nameTable(counts.names)],
      },
      findings: this.findings(),
    }
  }

  private message(message: DnsMessageEvent): void {
    const { counts } = this
    if (message.isRetransmission) addFrame(counts.repeated, message.frame)
    if (!message.isResponse) {
      counts.queries++
      if (message.name !== null) this.countName(message.name, 1)
      return
    }
    counts.responses++
    const rcode = message.rcode ?? 0
    counts.rcodes.set(rcode, (counts.rcodes.get(rcode) ?? 0) + 1)
    if (rcode !== 0 && rcode !== NAME_ERROR) addFrame(counts.failures, message.frame)
    if (message.responseTo === 0) return
    addDuration(counts.latency, message.latencyNs)
    if (message.latencyNs < this.slowNs) return
    addFrame(counts.slow, message.frame)
    counts.slowNs += message.latencyNs
  }

  private countName(name: string, count: number): void {
    const known = getOrMake(this.counts.names, name, MOST_NAMES, () => 0)
    if (known !== null) this.counts.names.set(name, known + count)
  }

  private findings(): SpokenFinding[] {
    const { counts } = this
    const findings: SpokenFinding[] = []
    if (counts.unanswered.total > 0) {
      findings.push({
        ...base('dns-unanswered', counts.unanswered),
        severity: counts.unanswered.total * 20 > counts.queries ? 'medium' : 'low',
        summary: `${countText(counts.unanswered.total, 'DNS query', 'DNS queries')} of ${counts.queries} never answered (${percentText(counts.unanswered.total, counts.queries)})`,
        costNs: null,
        displayFilter: framesFilter(counts.unanswered.frames),
        nextStep: 'ask the same server for the same name, and see whether the queries reach it',
      })
    }
    if (counts.slow.total > 0) {
      findings.push({
        ...base('dns-slow', counts.slow),
        severity: counts.slowNs >= 5e9 ? 'medium' : 'low',
        summary: `${countText(counts.slow.total, 'DNS answer')} took ${durationText(this.slowNs)} or longer, together ${durationText(counts.slowNs)}`,
        costNs: counts.slowNs,
        displayFilter: `dns.time >= ${this.slowNs / 1e9}`,
        nextStep: 'see whether one resolver is slow or one zone: compare the names and the servers',
      })
    }
    if (counts.failures.total > 0) {
      const serverFailures = counts.rcodes.get(SERVER_FAILURE) ?? 0
      findings.push({
        ...base('dns-errors', counts.failures),
        severity: 'low',
        summary: `${countText(counts.failures.total, 'DNS answer')} with an error other than «no such name», ${serverFailures} of them server failures`,
        costNs: null,
        displayFilter: 'dns.flags.response == 1 && dns.flags.rcode > 0 && !(dns.flags.rcode == 3)',
        nextStep: 'look at the resolver that answered: its own upstream may fail, or the zone may be broken',
      })
    }
    return findings
  }
}

function base(kind: string, evidence: EvidenceFrames) {
  return { kind, key: kind, confidence: 'high', evidence: toEvidence(evidence), view: null, hypotheses: [] } as const
}

function rcodeTable(rcodes: Map<number, number>): Section['tables'][number] {
  const rows = [...rcodes].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return {
    key: 'rcodes',
    title: 'Responses by code (RFC 6895)',
    columns: [
      { key: 'rcode', label: 'Code', unit: 'count' },
      { key: 'responses', label: 'Responses', unit: 'count' },
    ],
    rows,
    total: rows.length,
  }
}

function nameTable(names: Map<string, number>): Section['tables'][number] {
  return {
    key: 'names',
    title: 'Names asked for most',
    columns: [
      { key: 'name', label: 'Name', unit: 'text' },
      { key: 'queries', label: 'Queries', unit: 'count' },
    ],
    rows: largest(names, MOST_ROWS, (count) => count).map(([name, count]) => [name.slice(0, 255), count]),
    total: names.size,
  }
}
