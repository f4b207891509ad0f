import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { DnsMessageEvent } from '../protocols/messages.ts'
import { concludeDns } from './dns/conclusions.ts'
import { addAnswer } from './dns/search-paths.ts'
import { dnsSection } from './dns/section.ts'
import { countName, type DnsTotals, mergeDns, newDnsTotals } from './dns/totals.ts'
import { addDuration } from './support/duration-histogram.ts'
import { addFrame } from './support/evidence-frames.ts'

const NAME_ERROR = 3

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

class Dns implements Analyzer<DnsTotals> {
  private readonly counts = newDnsTotals()
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

  state(): DnsTotals {
    return this.counts
  }

  merge(other: DnsTotals): void {
    mergeDns(this.counts, other)
  }

  finish(): AnalyzerResult {
    return {
      section: dnsSection(dns, this.counts),
      conclusions: concludeDns(this.counts, this.slowNs, this.context),
    }
  }

  private message(message: DnsMessageEvent): void {
    const { counts } = this
    if (message.isRetransmission) addFrame(counts.repeated, message.frame)
    if (!message.isResponse) {
      counts.queries++
      if (message.family === 'dns' && !message.isRetransmission) counts.transactions++
      if (message.name !== null) countName(counts.names, message.name, 1)
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
}
