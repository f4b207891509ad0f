import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import {
  ANY_RETRANSMISSION,
  REUSED_PORTS,
  WINDOW_FULL,
  ZERO_WINDOW,
  ZERO_WINDOW_PROBE_ACK,
} from '../tcp/analysis-flags.ts'
import { LOSS_AFTER_CAPTURE, LOSS_BEFORE_CAPTURE, LOSS_CAPTURE_DUPLICATE, LOSS_NEEDLESS } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { ByConnection } from './support/by-connection.ts'
import { addFrame } from './support/evidence-frames.ts'
import { tcpHealthConclusions } from './tcp-health/conclusions.ts'
import { ConnectionHealth, type SideHealth } from './tcp-health/connection-health.ts'
import { type FlowThresholds, flowThresholds } from './tcp-health/flow-severity.ts'
import { tcpHealthSection } from './tcp-health/section.ts'
import { tcpHealthSettings } from './tcp-health/settings.ts'
import { addWorstFlow, mergeTotals, newTotals, type TcpTotals } from './tcp-health/totals.ts'

const SYN = 1
const SYN_ACK = 2
const DATA = 8

/** Handshakes, retransmissions by class and by the side of the loss, windows, resets: both views, tshark's and ours. */
export const tcpHealth: AnalyzerDefinition = {
  id: 'tcp-health',
  title: 'TCP health',
  description:
    'Handshakes, SYN retries and refusals, retransmissions by class and by where the loss was, zero windows, resets, as tshark sees them and as we do.',
  settings: tcpHealthSettings,
  create: (context) => new TcpHealth(context),
}

/** Adds the wait for a segment sent again that ends now. Waits of several segments at once pass together, and count once. */
function countWait(side: SideHealth, timeoutNs: number, nowNs: number): void {
  if (timeoutNs <= 0) return
  side.waitedNs += Math.max(0, Math.min(timeoutNs, nowNs - side.waitedUntilNs))
  side.waitedUntilNs = Math.max(side.waitedUntilNs, nowNs)
}

class TcpHealth implements Analyzer<TcpTotals> {
  private readonly totals = newTotals()
  /** Connections of which something is to be said, until they end; most have none. */
  private readonly open = new ByConnection<ConnectionHealth>()
  private readonly context: AnalyzerContext
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  private readonly thresholds: FlowThresholds

  constructor(context: AnalyzerContext) {
    this.context = context
    this.thresholds = flowThresholds(context)
  }

  state(): TcpTotals {
    return this.totals
  }

  merge(other: TcpTotals): void {
    mergeTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return {
      section: tcpHealthSection(tcpHealth, this.totals),
      conclusions: tcpHealthConclusions(this.totals, this.context),
    }
  }

  private segment(segment: Segment, packet: Packet): void {
    const { totals } = this
    const hasData = packet.payloadLength > 0
    // those with data are counted when the flow ends
    if (!hasData && (segment.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0) totals.sequencedSegments++
    if (segment.isDsack) totals.dsacks++
    const isControl = (segment.tcpFlags & (TCP_SYN | TCP_RST)) !== 0
    if (segment.flags === 0 && segment.loss === 0 && !isControl) {
      this.endZeroWindow(segment, packet)
      return
    }
    totals.losses[segment.loss]++
    if (hasData) totals.dataLosses[segment.loss]++
    if (segment.isShown) this.countFlags(segment.flags)
    if ((segment.tcpFlags & TCP_RST) !== 0) this.reset(segment, packet)
    if ((segment.flags & ~REUSED_PORTS) === 0 && segment.loss === 0) return
    this.note(segment, packet)
  }

  private countFlags(flags: number): void {
    const { flagCounts } = this.totals
    for (let bit = 0, rest = flags; rest !== 0; bit++, rest >>>= 1) if ((rest & 1) !== 0) flagCounts[bit]++
  }

  /** Remembers with the connection what a remarkable segment says. */
  private note(segment: Segment, packet: Packet): void {
    const { totals } = this
    let health = this.open.get(segment.connection)
    if (health === undefined) {
      health = new ConnectionHealth()
      this.open.set(segment.connection, health)
    }
    const side = health.sides[segment.direction]
    side.losses[segment.loss]++
    const isLost = segment.loss === LOSS_BEFORE_CAPTURE || segment.loss === LOSS_AFTER_CAPTURE
    if (isLost && packet.payloadLength > 0) addFrame(totals.lost, packet.number)
    else if (segment.loss === LOSS_CAPTURE_DUPLICATE) addFrame(totals.captureDuplicates, packet.number)
    if (segment.isShown && (segment.flags & ANY_RETRANSMISSION) !== 0) {
      addFrame(totals.retransmissions, packet.number)
      side.retransmissions++
      const isDuplicate = segment.loss === LOSS_CAPTURE_DUPLICATE
      if (isDuplicate) totals.duplicateRetransmissions++
      if ((segment.tcpFlags & TCP_SYN) !== 0) {
        addFrame(totals.synRetransmissions, packet.number)
        if (isDuplicate) totals.duplicateSyns++
        else if (segment.timeoutNs > health.synWaitNs) health.synWaitNs = segment.timeoutNs
      } else if (!isDuplicate && segment.loss !== LOSS_NEEDLESS) countWait(side, segment.timeoutNs, packet.timeNs)
    }
    if (segment.isShown && (segment.flags & ZERO_WINDOW) !== 0) {
      addFrame(totals.zeroWindows, packet.number)
      side.zeroWindows++
      if (side.zeroWindowSinceNs < 0) side.zeroWindowSinceNs = packet.timeNs
    } else if ((segment.flags & ZERO_WINDOW_PROBE_ACK) === 0) {
      this.endZeroWindow(segment, packet)
    }
    if (segment.isShown && (segment.flags & WINDOW_FULL) !== 0) {
      addFrame(totals.windowFull, packet.number)
      side.windowFull++
    }
  }

  /** RST; one that answers a SYN refuses the connection. */
  private reset(segment: Segment, packet: Packet): void {
    const { totals } = this
    addFrame(totals.resets, packet.number)
    if ((this.context.flow(segment.flow).completeness & (SYN | SYN_ACK | DATA)) !== SYN) return
    totals.handshakesRefused++
    addFrame(totals.refusals, packet.number)
  }

  /** A window that opens again ends the wait of the other side. */
  private endZeroWindow(segment: Segment, packet: Packet): void {
    if (packet.window === 0 || this.open.size === 0) return
    const side = this.open.get(segment.connection)?.sides[segment.direction]
    if (side === undefined || side.zeroWindowSinceNs < 0) return
    side.zeroWindowNs += Math.max(0, packet.timeNs - side.zeroWindowSinceNs)
    side.zeroWindowSinceNs = -1
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { totals } = this
    const { completeness } = flow
    const health = this.open.take(flow.connection)
    totals.connections++
    totals.segments += flow.frames(0) + flow.frames(1)
    totals.dataSegments += flow.dataFrames(0) + flow.dataFrames(1)
    totals.sequencedSegments += flow.dataFrames(0) + flow.dataFrames(1)
    if ((completeness & (SYN | SYN_ACK)) === (SYN | SYN_ACK)) totals.handshakesAnswered++
    else if (completeness === SYN) {
      totals.handshakesUnanswered++
      totals.unansweredWaitNs += health?.synWaitNs ?? 0
      addFrame(totals.unansweredSyns, flow.firstFrame)
    }
    if (health === undefined) return
    if (completeness !== SYN) totals.synWaitNs += health.synWaitNs
    addWorstFlow(totals, flow, health, this.thresholds)
  }
}
