import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { DnsMessageEvent } from '../protocols/messages.ts'
import type { DetectorDefinition } from './detector.ts'
import { distinctTexts } from './dns-tunnel/bottom-hashes.ts'
import { isOrdinaryName } from './dns-tunnel/ordinary-names.ts'
import { PendingQuestions, type Question } from './dns-tunnel/pending-questions.ts'
import { registeredName } from './dns-tunnel/public-suffixes.ts'
import {
  addQuestion,
  isCarrier,
  mergeTunnel,
  newTunnelState,
  type TunnelState,
  type Zone,
} from './dns-tunnel/questions.ts'
import { mostSevere, securityConclusion, severityOf } from './support/security-conclusion.ts'

const LEAST_UNIQUE_SHARE = 0.5
const LEAST_CARRIER_SHARE = 0.3
/** From here on the types alone tell: commands come in answers, and the names only count up. */
const CHANNEL_CARRIER_SHARE = 0.9
const LEAST_SIGNS = 2
/** Shorter names, as hosts have, carry nothing worth while, unless the answer does. */
const LEAST_LENGTH = 10

/** Data carried in the names of DNS questions. */
export const dnsTunnel: DetectorDefinition = {
  id: 'dns-tunnel',
  title: 'DNS tunnels',
  description:
    'Hosts that ask for many different, long or random names below one registered domain (public suffix rules), or for types that carry data. Reverse zones, multicast DNS, block lists and virus scanners ask so by design.',
  attack: ['T1071.004', 'T1572'],
  lookAlikes: [
    'content networks',
    'block lists and virus scanners',
    'reverse zones',
    'multicast DNS',
    'many names below a public suffix',
    'one long name asked again and again',
  ],
  settings: {
    names: {
      unit: 'count',
      default: 20,
      least: 3,
      most: 100_000,
      description: 'Different names below one domain from which it may be a tunnel.',
    },
    nameLength: {
      unit: 'count',
      default: 30,
      least: 5,
      most: 255,
      description: 'Mean number of characters before the domain from which names are long.',
    },
    entropy: {
      unit: 'ratio',
      default: 3.6,
      least: 1,
      most: 8,
      description: 'Mean entropy in bits a character from which names are random.',
    },
  },
  create: (context) => new DnsTunnel(context),
}

class DnsTunnel implements Analyzer<TunnelState> {
  private readonly counts = newTunnelState()
  private readonly context: AnalyzerContext
  private readonly pending = new PendingQuestions()
  readonly on = {
    dns: (message: DnsMessageEvent) => this.message(message),
    flowEnd: (flow: Flow) => {
      if (flow.transport !== 'tcp') return
      for (const question of this.pending.give(flow.number)) this.question(flow.address(flow.initiator), question)
    },
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): TunnelState {
    return this.counts
  }

  merge(other: TunnelState): void {
    mergeTunnel(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const found = [...counts.zones.values()].flatMap((zone) => this.conclude(zone) ?? [])
    return {
      section: {
        id: dnsTunnel.id,
        title: dnsTunnel.title,
        view: null,
        facts: [
          { key: 'queries', label: 'Questions looked at', unit: 'count', value: counts.queries },
          { key: 'zones', label: 'Hosts and domains', unit: 'count', value: counts.zones.size },
          { key: 'tunnels', label: 'Of these tunnels', unit: 'count', value: found.length },
          { key: 'zonesBeyond', label: 'Given up for room', unit: 'count', value: counts.dropped },
        ],
        tables: [],
      },
      conclusions: mostSevere(found),
    }
  }

  private message(message: DnsMessageEvent): void {
    if (message.isResponse || message.family !== 'dns' || message.name === null) return
    this.counts.queries++
    const type = message.type ?? 0
    // a registered domain has two labels at least, so this much of the name is all that can be before it
    const most = message.name.lastIndexOf('.', message.name.lastIndexOf('.') - 1)
    if (most < LEAST_LENGTH && !isCarrier(type)) return
    const name = registeredName(message.name)
    if (name === null || isOrdinaryName(name.domain, name.subdomain)) return
    if (name.subdomain.length < LEAST_LENGTH && !isCarrier(type)) return
    const { timeNs, frame, transport, stream } = message
    const question = { ...name, type, timeNs, frame }
    if (transport === 'tcp') this.pending.add(stream, question)
    else this.question(this.context.flow(this.context.current.flow).address(this.context.current.direction), question)
  }

  private question(source: string, question: Question): void {
    addQuestion(this.counts, source, question)
  }

  private conclude(zone: Zone): Conclusion | null {
    const { context } = this
    const names = distinctTexts(zone.names)
    const least = context.setting('names')
    const lengthMean = zone.characters / zone.queries
    const nameLength = context.setting('nameLength')
    // every name of a tunnel is new
    if (names < least || names < LEAST_UNIQUE_SHARE * zone.queries) return null
    const entropyMean = zone.entropyMillibits / zone.queries / 1000
    const carrierShare = zone.carrierQueries / zone.queries
    const tests = [
      { id: 'longNames', accepted: lengthMean >= nameLength },
      { id: 'randomNames', accepted: entropyMean >= context.setting('entropy') },
      { id: 'carrierTypes', accepted: carrierShare >= LEAST_CARRIER_SHARE },
    ]
    const signs = tests.filter(({ accepted }) => accepted).length
    // a few bytes are no tunnel
    const isTunnel = signs >= LEAST_SIGNS && names * lengthMean >= least * nameLength
    if (!isTunnel && carrierShare < CHANNEL_CARRIER_SHARE) return null
    const values = {
      source: zone.source,
      domain: zone.domain.slice(0, 255),
      queries: zone.queries,
      names,
      length: Math.round(lengthMean),
      longest: zone.longest,
      entropy: Math.round(entropyMean * 100) / 100,
      carriers: zone.carrierQueries,
      bytes: Math.round(names * lengthMean),
      durationNs: zone.lastNs - zone.firstNs,
    }
    return securityConclusion({
      kind: 'dns-tunnel',
      subject: `${zone.source} ${zone.domain.slice(0, 255)}`,
      severity: severityOf(names, least),
      confidence: isTunnel && (signs > LEAST_SIGNS || names >= 3 * least) ? 'high' : 'medium',
      attack: ['T1071.004', 'T1572'],
      frames: zone.frames.frames,
      values,
      hypotheses: tests.map((test) => ({ ...test, values })),
      needs: ['whole-packets'],
    })
  }
}
