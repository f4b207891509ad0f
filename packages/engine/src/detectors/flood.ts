import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import type { DetectorDefinition } from './detector.ts'
import { concludeFloods } from './flood/conclusions.ts'
import {
  addAnswered,
  addUnanswered,
  allVictims,
  type FloodState,
  mergeFlood,
  newFloodState,
  type Victim,
  victimOf,
} from './flood/flood-state.ts'
import { oneWayDatagrams } from './flood/one-way-datagrams.ts'
import { echoEnds } from './support/echo-ends.ts'
import { type EndedFlow, endedFlow, isEstablished, SAW_ACK, SAW_SYN } from './support/ended-flow.ts'

/** A long one-way flow is spread over so many of its seconds; a flood shows in fewer. */
const MOST_SPREAD_SECONDS = 120

/** Hosts that are sent more than anybody answers: SYN, UDP and ICMP floods, and amplification by forged requests. */
export const flood: DetectorDefinition = {
  id: 'flood',
  title: 'Floods',
  description:
    'SYN, UDP and ICMP floods and amplified answers nobody asked for, found by a sliding window wherever in the capture they are. What a victim sends back is nobody’s attack.',
  attack: ['T1499.001', 'T1498.001', 'T1498.002'],
  lookAlikes: [
    'a busy service that answers',
    'backscatter of a flooded host',
    'calls, QUIC and one-way media',
    'reports to a collector',
  ],
  settings: {
    synRate: {
      unit: 'packetsPerSecond',
      default: 100,
      least: 1,
      most: 1_000_000,
      description: 'Connection attempts a second without a completed handshake, from which a host is flooded.',
    },
    udpRate: {
      unit: 'packetsPerSecond',
      default: 500,
      least: 1,
      most: 1_000_000,
      description:
        'Datagrams a second without answer, from which a host is flooded; ten times as many of a single flow.',
    },
    icmpRate: {
      unit: 'packetsPerSecond',
      default: 100,
      least: 1,
      most: 1_000_000,
      description: 'Echo requests a second, from which a host is flooded.',
    },
    amplifiedRate: {
      unit: 'packetsPerSecond',
      default: 100,
      least: 1,
      most: 1_000_000,
      description: 'Answers a second that nobody asked for, from which a host is flooded.',
    },
    window: {
      unit: 'ns',
      default: 5e9,
      least: 1e9,
      most: 600e9,
      description: 'Span of time over which a rate must hold on average; whole seconds.',
    },
    answeredShare: {
      unit: 'ratio',
      default: 0.2,
      least: 0,
      most: 1,
      description: 'Most of what may be answered for it still to be a flood; a busy service answers nearly all.',
    },
  },
  create: (context) => new Flood(context),
}

class Flood implements Analyzer<FloodState> {
  private readonly counts = newFloodState()
  private readonly context: AnalyzerContext
  readonly on = {
    icmp: (message: IcmpMessage, packet: Packet) => this.icmp(message, packet),
    flowEnd: (flow: Flow) => {
      if (flow.transport === 'tcp') this.connection(endedFlow(flow))
      else this.datagrams(endedFlow(flow))
    },
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): FloodState {
    return this.counts
  }

  merge(other: FloodState): void {
    mergeFlood(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { context, counts } = this
    const conclusions = concludeFloods(counts, {
      rates: {
        'syn-flood': context.setting('synRate'),
        'udp-flood': context.setting('udpRate'),
        'icmp-flood': context.setting('icmpRate'),
        'amplification-flood': context.setting('amplifiedRate'),
      },
      windowSeconds: Math.max(1, Math.round(context.setting('window') / 1e9)),
      answeredShare: context.setting('answeredShare'),
    })
    return {
      section: {
        id: flood.id,
        title: flood.title,
        view: null,
        facts: [
          { key: 'hosts', label: 'Hosts looked at', unit: 'count', value: allVictims(counts).length },
          { key: 'flooded', label: 'Floods', unit: 'count', value: conclusions.length },
          { key: 'secondsBeyond', label: 'Seconds given up for room', unit: 'count', value: counts.droppedSeconds },
        ],
        tables: [],
      },
      conclusions,
    }
  }

  private connection(flow: EndedFlow): void {
    if ((flow.completeness & SAW_SYN) === 0) return
    const victim = victimOf(this.counts, 'syn-flood', flow.responder)
    // data or acknowledgments also tell of a connection, where the capture lacks the other direction
    const isAlive = isEstablished(flow) || (flow.completeness & SAW_ACK) !== 0 || flow.initiatorBytes > 0
    if (isAlive) addAnswered(this.counts, victim, secondOf(flow.firstTimeNs))
    else this.spread(victim, flow, flow.initiatorFrames, flow.initiator, flow.responderPort)
  }

  private datagrams(flow: EndedFlow): void {
    const oneWay = oneWayDatagrams(flow)
    if (oneWay === null) {
      addAnswered(this.counts, victimOf(this.counts, 'udp-flood', flow.responder), secondOf(flow.firstTimeNs))
      return
    }
    const kind = oneWay.isReflected ? 'amplification-flood' : 'udp-flood'
    const victim = victimOf(this.counts, kind, oneWay.receiver)
    this.spread(victim, flow, oneWay.frames, oneWay.sender, oneWay.isReflected ? 0 : oneWay.receiverPort)
  }

  /** Counts the packets of a flow evenly over its seconds, as the totals of a flow do not tell more. */
  private spread(victim: Victim, flow: EndedFlow, packets: number, source: string, port: number): void {
    const first = secondOf(flow.firstTimeNs)
    const seconds = Math.min(secondOf(flow.lastTimeNs) - first + 1, MOST_SPREAD_SECONDS, packets)
    const each = Math.floor(packets / Math.max(secondOf(flow.lastTimeNs) - first + 1, 1))
    addUnanswered(this.counts, victim, first, Math.max(each, 1), flow.firstFrame, source, port)
    if (each === 0) return
    for (let i = 1; i < seconds; i++) {
      addUnanswered(this.counts, victim, first + i, each, flow.firstFrame, source, port)
    }
  }

  private icmp(message: IcmpMessage, packet: Packet): void {
    const isAnswer = message.isEchoReply && message.requestFrame !== 0
    if (!message.isEchoRequest && !isAnswer) return
    const { sender, receiver } = echoEnds(message, packet)
    const second = secondOf(message.timeNs)
    if (isAnswer) addAnswered(this.counts, victimOf(this.counts, 'icmp-flood', sender), second)
    else addUnanswered(this.counts, victimOf(this.counts, 'icmp-flood', receiver), second, 1, message.frame, sender, 0)
  }
}

function secondOf(timeNs: number): number {
  return Math.floor(timeNs / 1e9)
}
