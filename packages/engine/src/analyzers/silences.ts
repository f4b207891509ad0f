import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import { ANY_RETRANSMISSION, KEEP_ALIVE, KEEP_ALIVE_ACK, ZERO_WINDOW_PROBE } from '../tcp/analysis-flags.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_SILENCE } from '../tcp/told.ts'
import { silenceConclusions } from './silences/conclusions.ts'
import { addSilence, type FlowSilences, newFlowSilences, type SilenceKind } from './silences/flow-silences.ts'
import { silenceSection } from './silences/section.ts'
import { addFlow, mergeSilenceTotals, newSilenceTotals, type SilenceTotals } from './silences/totals.ts'

/** Bits of {@link Told.previousData}: direction of the last data, whether there was any, whether it ended with PSH. */
const DATA_DIRECTION = 1
const HAS_DATA = 2
const ENDED_WITH_PUSH = 4

const INTERACTIVE_PORTS: readonly number[] = [22, 23]
const DNS_PORT = 53
const WAITS_FOR_NOBODY = KEEP_ALIVE | KEEP_ALIVE_ACK | ZERO_WINDOW_PROBE
const MOST_SILENT_FLOWS = 1 << 16

/** Silences within flows: who was waited for, what was only idle, and which flows speak at regular times. */
export const silences: AnalyzerDefinition = {
  id: 'silences',
  title: 'Silences and periodic flows',
  description:
    'Gaps in time within a flow, told apart: waiting for an answer, a transfer that stops, recovery from loss, mere idleness; flows that speak at regular intervals.',
  settings: {
    tcpNs: {
      unit: 'ns',
      default: 2.5e9,
      least: 1e6,
      most: 3600e9,
      description: 'A TCP connection is silent from here on.',
    },
    interactiveNs: {
      unit: 'ns',
      default: 30e9,
      least: 1e6,
      most: 3600e9,
      description: 'The same for SSH and Telnet, where people think.',
    },
    dnsNs: { unit: 'ns', default: 5e9, least: 1e6, most: 3600e9, description: 'The same for DNS.' },
    udpNs: { unit: 'ns', default: 1e9, least: 1e6, most: 3600e9, description: 'The same for other UDP flows.' },
  },
  create: (context) => new Silences(context),
}

/** Memory: a list for each flow that is ever silent. */
class Silences implements Analyzer<SilenceTotals> {
  private readonly totals = newSilenceTotals()
  private readonly open = new Map<number, FlowSilences>()
  private readonly context: AnalyzerContext
  /** From how long on silence counts. */
  private readonly tcpNs: number
  private readonly interactiveNs: number
  private readonly udpNs: number
  private readonly dnsNs: number
  private readonly leastTcpNs: number
  private readonly leastUdpNs: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    datagram: (packet: Packet, flow: number, direction: number) => this.datagram(packet, flow, direction),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.tcpNs = context.setting('tcpNs')
    this.interactiveNs = context.setting('interactiveNs')
    this.udpNs = context.setting('udpNs')
    this.dnsNs = context.setting('dnsNs')
    this.leastTcpNs = Math.min(this.tcpNs, this.interactiveNs)
    this.leastUdpNs = Math.min(this.udpNs, this.dnsNs)
  }

  state(): SilenceTotals {
    return this.totals
  }

  merge(other: SilenceTotals): void {
    mergeSilenceTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return { section: silenceSection(silences, this.totals), conclusions: silenceConclusions(this.totals) }
  }

  private segment(segment: Segment, packet: Packet): void {
    const { told } = segment
    if (!told.has(EVENT_SILENCE) || packet.timeNs - told.previousTimeNs < this.leastTcpNs) return
    this.tcpSilence(segment, packet, told.previousTimeNs, told.previousFrame, told.previousData)
  }

  private datagram(packet: Packet, flow: number, direction: number): void {
    const { told } = this.context.current
    if (!told.has(EVENT_SILENCE) || packet.timeNs - told.previousTimeNs < this.leastUdpNs) return
    this.udpSilence(packet, flow, direction, told.previousTimeNs, told.previousFrame, told.previousData)
  }

  private tcpSilence(segment: Segment, packet: Packet, sinceNs: number, frame: number, lastData: number): void {
    const flow = this.context.flow(segment.flow)
    const isInteractive = INTERACTIVE_PORTS.includes(flow.port(0)) || INTERACTIVE_PORTS.includes(flow.port(1))
    if (packet.timeNs - sinceNs < (isInteractive ? this.interactiveNs : this.tcpNs)) return
    this.note(segment.flow, kindOf(segment, flow, lastData), sinceNs, frame, packet)
  }

  private udpSilence(
    packet: Packet,
    index: number,
    direction: number,
    sinceNs: number,
    frame: number,
    lastData: number,
  ): void {
    const flow = this.context.flow(index)
    const isDns = flow.port(0) === DNS_PORT || flow.port(1) === DNS_PORT
    if (packet.timeNs - sinceNs < (isDns ? this.dnsNs : this.udpNs)) return
    const wasAsked = (lastData & DATA_DIRECTION) === flow.initiator
    const isAnswer = direction !== flow.initiator
    // a question sent again was waited for in vain
    const kind: SilenceKind = wasAsked && (isAnswer || isDns) ? 'answer awaited' : 'idle'
    this.note(index, kind, sinceNs, frame, packet)
  }

  private note(flow: number, kind: SilenceKind, sinceNs: number, frame: number, packet: Packet): void {
    let silent = this.open.get(flow)
    if (silent === undefined) {
      if (this.open.size >= MOST_SILENT_FLOWS) {
        this.totals.beyond++
        return
      }
      silent = newFlowSilences()
      this.open.set(flow, silent)
    }
    addSilence(silent, { kind, durationNs: packet.timeNs - sinceNs, frameBefore: frame, frameAfter: packet.number })
  }

  private flowEnd(flow: Flow): void {
    const silent = this.open.get(flow.index)
    if (silent === undefined) return
    this.open.delete(flow.index)
    addFlow(this.totals, flow, silent)
  }
}

/** Who was waited for, by what came last before the silence and what ended it. */
function kindOf(segment: Segment, flow: Flow, lastData: number): SilenceKind {
  const { flags } = segment
  if ((flags & WAITS_FOR_NOBODY) !== 0) return 'idle'
  if ((flags & ANY_RETRANSMISSION) !== 0) return 'loss recovery'
  if ((lastData & HAS_DATA) === 0 || segment.payloadLength === 0) return 'idle'
  const wasFromInitiator = (lastData & DATA_DIRECTION) === flow.initiator
  const isSameSender = (lastData & DATA_DIRECTION) === segment.direction
  if (!isSameSender) return wasFromInitiator ? 'answer awaited' : 'idle'
  return (lastData & ENDED_WITH_PUSH) === 0 ? 'transfer interrupted' : 'sender paused'
}
