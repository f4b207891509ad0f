import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import { FLOW_CONNECTION, FLOW_FIRST_SENDER, FLOW_NUMBER, FLOW_WORDS, type FlowTable } from '../flow/flow-table.ts'
import { isBefore, isNotAfter } from '../flow/sequence.ts'
import type { Packet } from '../packet.ts'
import * as flag from './analysis-flags.ts'
import * as c from './connection-table.ts'
import { MultipathConnections } from './multipath.ts'
import { type OptionListener, walkTcpOptions } from './options.ts'
import { Segment } from './segment.ts'
import { TsharkAnalysis } from './tshark-analysis.ts'
import { UnackedSegments } from './unacked-segments.ts'

const TRANSPORT_TCP = 6
const LEAST_HEADER_BYTES = 20
const SACK_BLOCKS_COUNTED = 3

const COMPLETENESS_SYN = 1
const COMPLETENESS_SYN_ACK = 2
const COMPLETENESS_ACK = 4
const COMPLETENESS_DATA = 8
const COMPLETENESS_FIN = 16
const COMPLETENESS_RST = 32

/**
 * Follows every TCP connection: which stream a segment belongs to, what the analysis says, what options and handshake tell.
 * The order of work is that of tshark 4.0.17 (docs/reference/tcp-analysis.md, section 5).
 */
export class TcpStreams implements OptionListener {
  readonly connections = new c.ConnectionTable()
  readonly unacked: UnackedSegments
  /** Streams numbered so far. */
  count = 0
  readonly segment = new Segment()
  private readonly flows: FlowTable
  private readonly analysis: TsharkAnalysis
  private readonly multipath = new MultipathConnections()
  private forward = 0
  private reverse = 0
  private sackBlocksCounted = 0
  /** What the duplicate SACK test looks at: blocks in the header so far, the end of the first, whether the second holds that end. */
  private sackBlocksInHeader = 0
  private firstSackEnd = 0
  private isSecondBlockAround = false
  /** Kinds of multipath options in the header; they count once its options were read to the end. */
  private multipathKinds = 0

  constructor(flows: FlowTable, limits: { maxUnackedSegments: number }) {
    this.flows = flows
    this.unacked = new UnackedSegments(limits.maxUnackedSegments)
    this.analysis = new TsharkAnalysis(this.connections, this.unacked)
  }

  /** Takes the TCP header that decoding found last. The returned segment is borrowed. */
  take(packet: Packet): Segment {
    const { segment, flows } = this
    segment.begin()
    segment.isQuoted = packet.isQuoted
    let flow = flows.find(
      packet.ipLayers,
      packet.ipLayerStart,
      packet.sourcePort,
      packet.destinationPort,
      TRANSPORT_TCP,
    )
    const isNew = flow < 0
    if (isNew) flow = this.open(packet)
    this.enter(packet, flow)
    const isPureSyn = (packet.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN
    if ((packet.tcpFlags & TCP_SYN) !== 0 && !isNew) {
      if (this.takeRepeatedSyn(packet, isPureSyn)) {
        flow = this.open(packet)
        this.enter(packet, flow)
        segment.flags = flag.REUSED_PORTS
        this.connections.words[c.connectionWord(segment.connection) + c.CONNECTION_COMPLETENESS] = COMPLETENESS_SYN
      }
    }
    this.analyze(packet, isNew)
    return segment
  }

  /** Forgets a connection whose flow is removed. */
  remove(connection: number): void {
    const { words } = this.connections
    this.unacked.clear(words, c.sideWord(connection, 0))
    this.unacked.clear(words, c.sideWord(connection, 1))
    this.connections.remove(connection)
  }

  private open(packet: Packet): number {
    const connection = this.connections.add()
    const { ipLayers, ipLayerStart, sourcePort, destinationPort } = packet
    const flow = this.flows.add(
      ipLayers,
      ipLayerStart,
      sourcePort,
      destinationPort,
      TRANSPORT_TCP,
      packet,
      this.count++,
    )
    this.flows.words[flow * FLOW_WORDS + FLOW_CONNECTION] = connection
    this.segment.isFirst = true
    return flow
  }

  /** Points the segment at a flow and its two sides. */
  private enter(packet: Packet, flow: number): void {
    const { segment, flows } = this
    const record = flow * FLOW_WORDS
    segment.flow = flow
    segment.connection = flows.words[record + FLOW_CONNECTION]
    segment.stream = flows.words[record + FLOW_NUMBER]
    segment.direction = flows.canonicalDirection ^ flows.words[record + FLOW_FIRST_SENDER]
    segment.tcpFlags = packet.tcpFlags
    segment.payloadLength = packet.payloadLength
    this.forward = c.sideWord(segment.connection, segment.direction)
    this.reverse = c.sideWord(segment.connection, segment.direction ^ 1)
  }

  /** Rules 3.5 and 3.6. Returns true when a SYN with another number opens a new stream on the same addresses and ports. */
  private takeRepeatedSyn(packet: Packet, isPureSyn: boolean): boolean {
    const { words } = this.connections
    const { forward, segment } = this
    if ((words[forward + c.SIDE_FLAGS] & c.SIDE_HAS_BASE) === 0) return false
    if (packet.sequence !== words[forward + c.SIDE_BASE]) {
      if (isPureSyn) return true
      segment.flags |= flag.REUSED_PORTS
      words[forward + c.SIDE_BASE] = packet.sequence
    } else if (isPureSyn) {
      words[forward + c.SIDE_NEXT] = words[forward + c.SIDE_CONTIGUOUS]
      segment.hasAnalysis = true
    }
    return false
  }

  private analyze(packet: Packet, isNew: boolean): void {
    const { segment, forward, reverse } = this
    const { words, doubles } = this.connections
    const head = c.connectionWord(segment.connection)
    const isReuse = segment.isFirst && !isNew
    words[head + c.CONNECTION_SHOWN_COMPLETENESS] = words[head + c.CONNECTION_COMPLETENESS]
    words[forward + c.SIDE_SACKED] = 0
    const rttAt = c.connectionDouble(segment.connection) + c.CONNECTION_INITIAL_RTT
    const lengthKnown = packet.lengthKnown
    segment.multipathOptions = this.multipath.optionsOf(words[head + c.CONNECTION_MULTIPATH])
    if (lengthKnown) {
      this.setBases(packet)
      this.analysis.analyze(packet, segment, forward, reverse)
    }
    segment.relativeSequence = (packet.sequence - (lengthKnown ? words[forward + c.SIDE_BASE] : 0)) >>> 0
    const hasAck = (packet.tcpFlags & TCP_ACK) !== 0
    segment.relativeAcknowledgment =
      (packet.acknowledgment - (lengthKnown && hasAck ? words[reverse + c.SIDE_BASE] : 0)) >>> 0
    this.showWindow(packet)
    if (segment.flags !== 0) segment.hasAnalysis = true
    if (packet.tcpHeaderLength < LEAST_HEADER_BYTES) {
      segment.isShown = false
      return
    }
    if (!isReuse) this.complete(packet, head, isNew)
    this.handshake(packet, head, rttAt)
    this.options(packet, head)
    segment.initialRttNs = doubles[rttAt]
  }

  /** Rule 3.7. */
  private setBases(packet: Packet): void {
    const { words } = this.connections
    const { forward, reverse } = this
    if ((words[forward + c.SIDE_FLAGS] & c.SIDE_HAS_BASE) === 0) {
      words[forward + c.SIDE_BASE] = (packet.tcpFlags & TCP_SYN) !== 0 ? packet.sequence : (packet.sequence - 1) | 0
      words[forward + c.SIDE_FLAGS] |= c.SIDE_HAS_BASE
    }
    if ((packet.tcpFlags & TCP_ACK) !== 0 && (words[reverse + c.SIDE_FLAGS] & c.SIDE_HAS_BASE) === 0) {
      words[reverse + c.SIDE_BASE] = (packet.acknowledgment - 1) | 0
      words[reverse + c.SIDE_FLAGS] |= c.SIDE_HAS_BASE
    }
  }

  /** Rules 8.3 and 8.4. */
  private showWindow(packet: Packet): void {
    const shift = this.connections.words[this.forward + c.SIDE_SHIFT]
    const isScaled = shift >= 0 && (packet.tcpFlags & TCP_SYN) === 0 && packet.lengthKnown
    this.segment.windowBytes = isScaled ? packet.window << shift : packet.window
    this.segment.windowScale = shift >= 0 ? 1 << shift : shift
  }

  /** Section 11: the sum of what was seen of the connection's life. */
  private complete(packet: Packet, head: number, isNew: boolean): void {
    const { words } = this.connections
    const { tcpFlags } = packet
    const at = head + c.CONNECTION_COMPLETENESS
    const hasData = packet.payloadLength > 0
    const isSyn = (tcpFlags & TCP_SYN) !== 0
    const isAck = (tcpFlags & TCP_ACK) !== 0
    if (isNew) {
      words[at] = isSyn && !isAck ? COMPLETENESS_SYN | (hasData ? COMPLETENESS_DATA : 0) : 0
      return
    }
    let seen = 0
    if (isSyn && isAck) seen |= COMPLETENESS_SYN_ACK
    if (isAck && !isSyn) seen |= hasData ? COMPLETENESS_DATA : COMPLETENESS_ACK
    if ((tcpFlags & TCP_FIN) !== 0 && isAck) seen |= COMPLETENESS_FIN
    if ((tcpFlags & TCP_RST) !== 0) seen |= COMPLETENESS_RST
    words[at] |= seen
  }

  /** Rules 5.11 to 5.13: the time of the last pure SYN, and the initial RTT from it. */
  private handshake(packet: Packet, head: number, rttAt: number): void {
    const { words, doubles } = this.connections
    const { forward } = this
    const isAck = (packet.tcpFlags & TCP_ACK) !== 0
    if ((packet.tcpFlags & (TCP_FIN | TCP_RST)) !== 0) this.close(packet)
    const synTimeAt = rttAt - c.CONNECTION_INITIAL_RTT + c.CONNECTION_SYN_TIME
    if ((packet.tcpFlags & TCP_SYN) !== 0) {
      words[forward + c.SIDE_FLAGS] |= c.SIDE_IN_HANDSHAKE
      words[head + c.CONNECTION_SERVER_PORT] = isAck ? packet.sourcePort : packet.destinationPort
      const initiator = isAck ? this.segment.direction ^ 1 : this.segment.direction
      const known = c.HANDSHAKE_HAS_INITIATOR | (initiator << c.HANDSHAKE_INITIATOR_SHIFT)
      words[head + c.CONNECTION_HANDSHAKE] = (words[head + c.CONNECTION_HANDSHAKE] & c.HANDSHAKE_HAS_SYN) | known
      if (isAck) return
      doubles[synTimeAt] = packet.timeNs
      words[head + c.CONNECTION_HANDSHAKE] |= c.HANDSHAKE_HAS_SYN
      return
    }
    if (!isAck) return
    if (doubles[rttAt] === 0 && (words[head + c.CONNECTION_HANDSHAKE] & c.HANDSHAKE_HAS_SYN) !== 0) {
      doubles[rttAt] = packet.timeNs - doubles[synTimeAt]
    }
    words[forward + c.SIDE_FLAGS] &= ~c.SIDE_IN_HANDSHAKE
  }

  private close(packet: Packet): void {
    if (packet.isQuoted) return
    const { words } = this.connections
    if ((packet.tcpFlags & TCP_RST) !== 0) words[this.forward + c.SIDE_FLAGS] |= c.SIDE_HAS_RST
    if ((packet.tcpFlags & TCP_FIN) === 0) return
    words[this.forward + c.SIDE_FLAGS] |= c.SIDE_HAS_FIN
    this.segment.isClosed = (words[this.reverse + c.SIDE_FLAGS] & c.SIDE_HAS_FIN) !== 0
  }

  /** True when both sides sent FIN, or one sent RST. */
  isClosed(connection: number): boolean {
    const { words } = this.connections
    const one = words[c.sideWord(connection, 0) + c.SIDE_FLAGS]
    const other = words[c.sideWord(connection, 1) + c.SIDE_FLAGS]
    return ((one | other) & c.SIDE_HAS_RST) !== 0 || (one & other & c.SIDE_HAS_FIN) !== 0
  }

  /** Rules 5.14 to 5.18: options act after the analysis of their own segment. */
  private options(packet: Packet, head: number): void {
    const { segment, forward, reverse } = this
    const { words } = this.connections
    this.sackBlocksInHeader = 0
    this.multipathKinds = 0
    segment.isShown = walkTcpOptions(packet, segment, this)
    if (this.multipathKinds !== 0 && segment.isShown)
      this.multipath.addKinds(words[head + c.CONNECTION_MULTIPATH], this.multipathKinds)
    if ((packet.tcpFlags & TCP_SYN) === 0) return
    const isAck = (packet.tcpFlags & TCP_ACK) !== 0
    if (!packet.isQuoted) this.rememberHandshakeOptions(packet, head, isAck)
    if (!segment.isShown) return
    if (words[forward + c.SIDE_SHIFT] === c.SHIFT_UNKNOWN) {
      words[forward + c.SIDE_SHIFT] = c.SHIFT_UNUSED
      words[reverse + c.SIDE_SHIFT] = c.SHIFT_UNUSED
    } else if (isAck && words[reverse + c.SIDE_SHIFT] === c.SHIFT_UNUSED) {
      words[forward + c.SIDE_SHIFT] = c.SHIFT_UNUSED
    }
  }

  private rememberHandshakeOptions(packet: Packet, head: number, isAck: boolean): void {
    const { words } = this.connections
    const at = head + (isAck ? c.CONNECTION_SYN_ACK_FRAME : c.CONNECTION_SYN_FRAME)
    if (words[at] !== 0) return
    words[at] = packet.number
    words[at + 1] = this.segment.optionSummary
  }

  // --- OptionListener

  windowScale(shift: number): void {
    this.connections.words[this.forward + c.SIDE_SHIFT] = shift
  }

  sackStarts(): void {
    this.connections.words[this.forward + c.SIDE_SACKED] = 0
    this.sackBlocksCounted = 0
  }

  sackBlock(left: number, right: number): void {
    const block = this.sackBlocksInHeader++
    if (block === 0) this.firstSackEnd = right
    else if (block === 1)
      this.isSecondBlockAround = isBefore(left, this.firstSackEnd) && !isBefore(right, this.firstSackEnd)
    if (this.sackBlocksCounted++ >= SACK_BLOCKS_COUNTED) return
    this.connections.words[this.forward + c.SIDE_SACKED] += right - left
  }

  isBlockExpected(): boolean {
    if (this.sackBlocksInHeader > 1 && this.isSecondBlockAround) return true
    const base = this.connections.words[this.reverse + c.SIDE_BASE]
    return isNotAfter(
      this.sackBlocksInHeader > 0 ? (this.firstSackEnd - base) | 0 : 0,
      this.segment.relativeAcknowledgment,
    )
  }

  multipathOption(data: Uint8Array, start: number, length: number): void {
    const at = c.connectionWord(this.segment.connection) + c.CONNECTION_MULTIPATH
    this.connections.words[at] = this.multipath.take(this.connections.words[at], data, start, length)
    if (length >= 3) this.multipathKinds |= 1 << (data[start + 2] >> 4)
  }
}
