import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { WATCH_RESENDS } from '../core/observations.ts'
import { TCP_ACK, TCP_RST } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import { ANY_RETRANSMISSION, KEEP_ALIVE, OUT_OF_ORDER, ZERO_WINDOW, ZERO_WINDOW_PROBE } from '../tcp/analysis-flags.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { pathMtuConclusions } from './path-mtu/conclusions.ts'
import { pathMtuSection } from './path-mtu/section.ts'
import { addResend, newStuck, type StuckSegment } from './path-mtu/stuck.ts'
import { addStuck, addTooBig, mergePathMtuTotals, newPathMtuTotals, type PathMtuTotals } from './path-mtu/totals.ts'
import { ByConnection } from './support/by-connection.ts'
import { quotedDestination } from './support/quoted-addresses.ts'
import { seqDelta } from './support/sequence.ts'

const NOT_RESENT = KEEP_ALIVE | ZERO_WINDOW_PROBE

/** Segments that never get through: path MTU black holes, with and without the ICMP message, and peers that fall silent. */
export const pathMtu: AnalyzerDefinition = {
  id: 'path-mtu',
  title: 'Path MTU and unanswered data',
  description:
    'Path MTU messages by destination; black holes, where large segments are sent again and again while small ones pass; connections whose peer no longer answers.',
  settings: {
    leastResends: {
      unit: 'count',
      default: 3,
      least: 1,
      most: 100,
      description: 'A segment that was sent again so many times in vain is stuck.',
    },
    leastPayloadBytes: {
      unit: 'bytes',
      default: 537,
      least: 1,
      most: 65_535,
      description: 'Only segments from this payload on can be too large for a path (IPv4 paths take 576 bytes).',
    },
  },
  create: (context) => new PathMtu(context),
}

/** Numbers (relative, + 1) that the other side waited for while a SACK said that later data had arrived, and at which it closed its window. */
interface Held {
  sackedAbove: number
  closedAt: number
}

/** Memory: a list for each segment that is being sent again, and two numbers for each side whose peer sent SACKs or closed its window. */
class PathMtu implements Analyzer<PathMtuTotals> {
  private readonly totals = newPathMtuTotals()
  /** By 2 · connection + direction of the sender. */
  private readonly held = new ByConnection<Held>()
  private readonly stuck = new ByConnection<StuckSegment>()
  private readonly context: AnalyzerContext
  private readonly leastResends: number
  private readonly leastPayloadBytes: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    icmp: (message: IcmpMessage, packet: Packet) => this.icmp(message, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.leastResends = context.setting('leastResends')
    this.leastPayloadBytes = context.setting('leastPayloadBytes')
  }

  state(): PathMtuTotals {
    return this.totals
  }

  merge(other: PathMtuTotals): void {
    mergePathMtuTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return { section: pathMtuSection(pathMtu, this.totals), conclusions: pathMtuConclusions(this.totals) }
  }

  private segment(segment: Segment, packet: Packet): void {
    if (this.stuck.size > 0) this.answer(segment, packet)
    const { flags } = segment
    if (segment.sackBlocks > 0) this.heldOf(segment).sackedAbove = segment.relativeAcknowledgment + 1
    if ((flags & ZERO_WINDOW) !== 0) this.heldOf(segment).closedAt = segment.relativeAcknowledgment + 1
    if (segment.payloadLength > 0 && (flags & (ANY_RETRANSMISSION | OUT_OF_ORDER)) !== 0) this.resend(segment, packet)
  }

  /** What the segment's sender says of the other side's data. */
  private heldOf(segment: Segment): Held {
    const peer = 2 * segment.connection + (segment.direction ^ 1)
    let held = this.held.get(peer)
    if (held === undefined) this.held.set(peer, (held = { sackedAbove: 0, closedAt: 0 }))
    return held
  }

  private resend(segment: Segment, packet: Packet): void {
    if ((segment.flags & NOT_RESENT) !== 0 || segment.loss === LOSS_CAPTURE_DUPLICATE) return
    const { connection, direction, relativeSequence, payloadLength, timeoutNs } = segment
    const own = 2 * connection + direction
    const held = this.held.get(own)
    // what is sent into a closed window only asks whether it has opened
    if (held?.closedAt === relativeSequence + 1) return
    let stuck = this.stuck.get(own)
    // the lowest one is what the receiver waits for
    if (stuck !== undefined && seqDelta(relativeSequence, stuck.start) > 0) return
    if (stuck === undefined || stuck.start !== relativeSequence) {
      const largest = this.context.observations.largest(connection, direction)
      const isLargest = seqDelta(largest.start - 1, relativeSequence) >= 0
      stuck = newStuck(relativeSequence, payloadLength, packet.timeNs - timeoutNs)
      stuck.largestDelivered = isLargest ? largest.before : largest.bytes
      if (held?.sackedAbove === relativeSequence + 1) stuck.peerSegments++
      this.stuck.set(own, stuck)
      this.context.observations.watch(connection, WATCH_RESENDS)
    }
    addResend(stuck, payloadLength, packet.number, packet.timeNs, mayNotBeFragmented(packet))
  }

  /** A segment of the other side: does it acknowledge what is stuck, or only show that the side is alive? */
  private answer(segment: Segment, packet: Packet): void {
    const peer = 2 * segment.connection + (segment.direction ^ 1)
    const stuck = this.stuck.get(peer)
    if (stuck === undefined) return
    const isAcknowledged =
      (segment.tcpFlags & TCP_ACK) !== 0 && seqDelta(segment.relativeAcknowledgment, stuck.start) > 0
    if ((segment.tcpFlags & TCP_RST) === 0 && !isAcknowledged) {
      stuck.peerSegments++
      return
    }
    if (!isAcknowledged) return
    if (stuck.gotSmaller) this.judge(segment.flow, segment.direction ^ 1, stuck, packet.timeNs)
    this.stuck.take(peer)
    if (this.stuck.get(peer ^ 1) === undefined) this.context.observations.unwatch(segment.connection, WATCH_RESENDS)
  }

  private judge(flow: number, direction: number, stuck: StuckSegment, endNs: number): void {
    if (stuck.resends < this.leastResends || stuck.length < this.leastPayloadBytes) return
    addStuck(this.totals, this.context.flow(flow), direction, stuck, endNs, 'resolved')
  }

  private icmp(message: IcmpMessage, packet: Packet): void {
    const { version, type, code, frame, mtuBytes } = message
    if (version === 4 ? type !== 3 || code !== 4 : type !== 2) return
    const destination = quotedDestination(packet, version)
    if (destination !== null) addTooBig(this.totals, destination, frame, mtuBytes)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    for (let direction = 0; direction < 2; direction++) {
      const own = 2 * flow.connection + direction
      const stuck = this.stuck.take(own)
      this.held.take(own)
      if (stuck === undefined) continue
      // of a side that was never seen nothing can be said
      if (stuck.resends < this.leastResends || flow.frames(direction ^ 1) === 0) continue
      const isLarge = stuck.length >= this.leastPayloadBytes && stuck.length > stuck.largestDelivered
      addStuck(this.totals, flow, direction, stuck, flow.lastTimeNs, isLarge && stuck.isWhole ? 'stuck' : 'unanswered')
    }
  }
}

/** True of IPv6, and of IPv4 with the flag DF. */
function mayNotBeFragmented(packet: Packet): boolean {
  return packet.ipHeaderStart < 0 || (packet.data[packet.ipHeaderStart + 6] & 0x40) !== 0
}
