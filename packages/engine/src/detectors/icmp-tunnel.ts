import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Packet } from '../packet.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import type { DetectorDefinition } from './detector.ts'
import {
  addDifferentReply,
  addMessage,
  type EchoPair,
  type EchoState,
  mergeEchoes,
  newEchoState,
  pairOf,
  pairsOf,
} from './icmp-tunnel/echo-pairs.ts'
import { echoEnds } from './support/echo-ends.ts'
import { mostSevere, securityConclusion, severityOf } from './support/security-conclusion.ts'

const ATTACK = ['T1095', 'T1572'] as const

/** Data carried in echo messages: a reply must repeat its request, in a tunnel it says something else. */
export const icmpTunnel: DetectorDefinition = {
  id: 'icmp-tunnel',
  title: 'ICMP tunnels',
  description:
    'Echo messages of many sizes between two hosts whose replies do not repeat the requests, as RFC 792 and RFC 4443 demand.',
  attack: ATTACK,
  lookAlikes: ['ping, also with many sizes', 'a capture with one direction only', 'a quick series of pings'],
  settings: {
    replies: {
      unit: 'count',
      default: 20,
      least: 1,
      most: 100_000,
      description: 'Replies that do not repeat a request, from which it may be a tunnel.',
    },
    sizes: {
      unit: 'count',
      default: 8,
      least: 2,
      most: 64,
      description: 'Different sizes of messages that a tunnel has at least.',
    },
  },
  create: (context) => new IcmpTunnel(context),
}

class IcmpTunnel implements Analyzer<EchoState> {
  private readonly counts = newEchoState()
  private readonly context: AnalyzerContext
  readonly on = { icmp: (message: IcmpMessage, packet: Packet) => this.icmp(message, packet) }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): EchoState {
    return this.counts
  }

  merge(other: EchoState): void {
    mergeEchoes(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const found = pairsOf(counts).flatMap((pair) => this.conclude(pair) ?? [])
    return {
      section: {
        id: icmpTunnel.id,
        title: icmpTunnel.title,
        view: null,
        facts: [
          { key: 'pairs', label: 'Pairs of hosts with echoes', unit: 'count', value: counts.count },
          { key: 'tunnels', label: 'Of these tunnels', unit: 'count', value: found.length },
          { key: 'pairsBeyond', label: 'Messages of pairs beyond', unit: 'count', value: counts.beyond },
        ],
        tables: [],
      },
      conclusions: mostSevere(found),
    }
  }

  private icmp(message: IcmpMessage, packet: Packet): void {
    const { isEchoRequest, isEchoReply, frame, timeNs } = message
    if (!isEchoRequest && !isEchoReply) return
    const { sender, receiver } = echoEnds(message, packet)
    const pair = isEchoRequest ? pairOf(this.counts, sender, receiver) : pairOf(this.counts, receiver, sender)
    if (pair === null) return
    addMessage(pair, packet.reportedEnd - packet.offset, timeNs)
    if (isEchoRequest) pair.requests++
    else if (message.requestFrame !== 0) pair.matched++
    else addDifferentReply(pair, frame)
  }

  private conclude(pair: EchoPair): Conclusion | null {
    const least = this.context.setting('replies')
    const { requests, matched, different, bytes, source, target } = pair
    const sizes = pair.sizes.length
    if (different < least || different < matched || requests === 0 || sizes < this.context.setting('sizes')) return null
    const values = {
      source,
      target,
      requests,
      different,
      replies: matched + different,
      sizes,
      bytes,
      durationNs: pair.lastNs - pair.firstNs,
    }
    return securityConclusion({
      kind: 'icmp-tunnel',
      subject: `${source}>${target}`,
      severity: severityOf(different, least),
      confidence: 'high',
      attack: ATTACK,
      frames: pair.frames,
      values,
      hypotheses: [
        { id: 'tunnel', accepted: true, values },
        { id: 'ping', accepted: false, values },
      ],
      needs: ['whole-packets', 'no-capture-drops'],
    })
  }
}
