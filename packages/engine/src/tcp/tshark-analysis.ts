import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import { isAfter, isBefore, isNotAfter } from '../flow/sequence.ts'
import type { Packet } from '../packet.ts'
import * as flag from './analysis-flags.ts'
import * as c from './connection-table.ts'
import type { Segment } from './segment.ts'
import type { UnackedSegments } from './unacked-segments.ts'

const FAST_RETRANSMISSION_LIMIT_NS = 20_000_000
const OUT_OF_ORDER_LIMIT_NS = 3_000_000
const MOST_BYTES_IN_FLIGHT = 2_000_000_000
const SYN_FIN_RST = TCP_SYN | TCP_FIN | TCP_RST

/**
 * The sequence analysis of tshark 4.0.17 with default preferences: one segment against the state of its connection.
 *
 * The order of the tests and their odd corners are part of the behaviour; docs/reference/tcp-analysis.md states them as rules,
 * and the numbers in the comments below are those rules'. O(1) but for what {@link UnackedSegments} says.
 */
export class TsharkAnalysis {
  readonly unacked: UnackedSegments
  private readonly connections: c.ConnectionTable

  constructor(connections: c.ConnectionTable, unacked: UnackedSegments) {
    this.connections = connections
    this.unacked = unacked
  }

  /**
   * Concludes about `packet` and updates the connection. `forward` and `reverse` are where the records of the sending and of the
   * other side start. A flag set before (a reused port, a repeated SYN) stays.
   */
  analyze(packet: Packet, segment: Segment, forward: number, reverse: number): void {
    const words = this.connections.words
    if ((packet.tcpFlags & TCP_ACK) !== 0) words[reverse + c.SIDE_FLAGS] &= ~c.SIDE_IN_FLIGHT_UNKNOWN
    const mayRepeatAck = this.forwardTests(packet, segment, forward, reverse)
    if (mayRepeatAck) this.countDuplicateAck(segment, forward)
    if (packet.acknowledgment !== words[forward + c.SIDE_LAST_ACK]) {
      words[forward + c.SIDE_ACK_FRAME] = packet.number
      words[forward + c.SIDE_DUPLICATES] = 0
    }
    this.testUnseenAck(packet, segment, reverse)
    const occupies = packet.payloadLength > 0 || (packet.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0
    if (occupies && (segment.flags & flag.KEEP_ALIVE) === 0) {
      this.testRetransmission(packet, segment, forward, reverse)
    }
    this.advance(packet, segment, forward, occupies)
    this.acknowledge(packet, segment, reverse)
    if (packet.payloadLength > 0) this.measureFlight(packet, segment, forward, reverse)
  }

  /** Rules 6.2 to 6.9. Returns true when the segment may still be a duplicate ACK. */
  private forwardTests(packet: Packet, segment: Segment, forward: number, reverse: number): boolean {
    const words = this.connections.words
    const { sequence, payloadLength, window, tcpFlags } = packet
    const next = words[forward + c.SIDE_NEXT]
    const hasSynFinRst = (tcpFlags & SYN_FIN_RST) !== 0
    if (payloadLength === 1 && sequence === next && words[reverse + c.SIDE_WINDOW] === 0) {
      segment.flags |= flag.ZERO_WINDOW_PROBE
      return false
    }
    if (window === 0 && !hasSynFinRst) segment.flags |= flag.ZERO_WINDOW
    if (next !== 0 && isAfter(sequence, next) && (tcpFlags & TCP_RST) === 0) {
      segment.flags |= flag.LOST_SEGMENT
      words[forward + c.SIDE_FLAGS] |= c.SIDE_IN_FLIGHT_UNKNOWN
    }
    if (payloadLength <= 1 && sequence === ((next - 1) | 0) && !hasSynFinRst) segment.flags |= flag.KEEP_ALIVE
    if (payloadLength > 0) {
      if (!hasSynFinRst && this.fillsWindow(packet, reverse)) segment.flags |= flag.WINDOW_FULL
      return false
    }
    if (hasSynFinRst || sequence !== next || packet.acknowledgment !== words[forward + c.SIDE_LAST_ACK]) return false
    return this.testRepeatedAck(segment, window, words[forward + c.SIDE_WINDOW], words[reverse + c.SIDE_LAST_FLAGS])
  }

  /** An empty segment that repeats sequence and acknowledgment numbers: what its window says. */
  private testRepeatedAck(segment: Segment, window: number, lastWindow: number, peerFlags: number): boolean {
    if (window !== lastWindow) {
      if (window !== 0) segment.flags |= flag.WINDOW_UPDATE
      return false
    }
    if (window !== 0) {
      if ((peerFlags & flag.KEEP_ALIVE) === 0) return true
      segment.flags |= flag.KEEP_ALIVE_ACK
    } else if ((peerFlags & flag.ZERO_WINDOW_PROBE) !== 0) {
      segment.flags |= flag.ZERO_WINDOW_PROBE_ACK
    }
    return false
  }

  /** Rule 6.7: the segment ends exactly where the peer's window ends. */
  private fillsWindow(packet: Packet, reverse: number): boolean {
    const words = this.connections.words
    const shift = words[reverse + c.SIDE_SHIFT]
    if (shift === c.SHIFT_UNKNOWN) return false
    const isUnscaled = shift === c.SHIFT_UNUSED || (words[reverse + c.SIDE_FLAGS] & c.SIDE_IN_HANDSHAKE) !== 0
    const windowBytes = words[reverse + c.SIDE_WINDOW] << (isUnscaled ? 0 : shift)
    return ((packet.sequence + packet.payloadLength) | 0) === ((words[reverse + c.SIDE_LAST_ACK] + windowBytes) | 0)
  }

  /** Rule 6.10. */
  private countDuplicateAck(segment: Segment, forward: number): void {
    const words = this.connections.words
    if (segment.multipathOptions !== words[forward + c.SIDE_MULTIPATH_OPTIONS]) return
    const count = words[forward + c.SIDE_DUPLICATES]
    words[forward + c.SIDE_DUPLICATES] = count === c.POISONED ? 1 : count + 1
    segment.flags |= flag.DUPLICATE_ACK
    segment.duplicateAckNumber = words[forward + c.SIDE_DUPLICATES]
    segment.duplicateAckFrame = words[forward + c.SIDE_ACK_FRAME]
  }

  /** Rule 6.12: acknowledges what the capture has not seen. */
  private testUnseenAck(packet: Packet, segment: Segment, reverse: number): void {
    const words = this.connections.words
    const contiguous = words[reverse + c.SIDE_CONTIGUOUS]
    if (contiguous === 0 || (packet.tcpFlags & TCP_ACK) === 0 || !isAfter(packet.acknowledgment, contiguous)) return
    segment.hasAnalysis = true
    const next = words[reverse + c.SIDE_NEXT]
    if (isBefore(contiguous, next)) {
      words[reverse + c.SIDE_CONTIGUOUS] = next
      segment.flags |= flag.ACK_LOST_SEGMENT
      return
    }
    if (words[reverse + c.SIDE_DUPLICATES] === 0) segment.flags |= flag.ACK_LOST_SEGMENT
    words[reverse + c.SIDE_DUPLICATES] = c.POISONED
  }

  /** Rule 6.13: spurious, fast, out of order or plain, the first that holds. */
  private testRetransmission(packet: Packet, segment: Segment, forward: number, reverse: number): void {
    const { words, doubles } = this.connections
    const { sequence, payloadLength } = packet
    const next = words[forward + c.SIDE_NEXT]
    const peerAck = words[reverse + c.SIDE_LAST_ACK]
    if (payloadLength > 0 && peerAck !== 0 && isNotAfter((sequence + payloadLength) | 0, peerAck)) {
      segment.flags |= flag.SPURIOUS_RETRANSMISSION
      return
    }
    const isOld = next !== 0 && isBefore(sequence, next) && !(payloadLength > 1 && sequence === ((next - 1) | 0))
    if (!isOld) return
    const duplicates = words[reverse + c.SIDE_DUPLICATES]
    const sinceAckNs = packet.timeNs - doubles[(reverse >> 1) + c.SIDE_ACK_TIME]
    if (
      (duplicates >= 2 || duplicates < 0) &&
      peerAck === sequence &&
      isShorter(sinceAckNs, FAST_RETRANSMISSION_LIMIT_NS)
    ) {
      segment.flags |= flag.FAST_RETRANSMISSION
      return
    }
    const sinceNextNs = packet.timeNs - doubles[(forward >> 1) + c.SIDE_NEXT_TIME]
    const length = payloadLength + ((packet.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0)
    const initialRttNs = doubles[c.connectionDouble(segment.connection) + c.CONNECTION_INITIAL_RTT]
    const limitNs = initialRttNs !== 0 ? initialRttNs : OUT_OF_ORDER_LIMIT_NS
    if (isShorter(sinceNextNs, limitNs) && next !== ((sequence + length) | 0)) {
      segment.flags |= flag.OUT_OF_ORDER
      return
    }
    segment.flags |= flag.RETRANSMISSION
    if (this.unacked.isEmpty(words, forward)) {
      segment.timeoutNs = sinceNextNs
      segment.timeoutFrame = words[forward + c.SIDE_NEXT_FRAME]
    } else {
      segment.timeoutNs = packet.timeNs - this.unacked.oldestTimeNs(words, forward)
      segment.timeoutFrame = this.unacked.oldestFrame(words, forward)
    }
  }

  /** Rules 6.14 to 6.17: what the side has sent so far. */
  private advance(packet: Packet, segment: Segment, forward: number, occupies: boolean): void {
    const { words, doubles } = this.connections
    let end = (packet.sequence + packet.payloadLength) | 0
    if (occupies && this.unacked.hasRoom(words, forward)) {
      if ((packet.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0) end = (end + 1) | 0
      this.unacked.add(this.connections, forward, packet, end)
    }
    if ((segment.flags & flag.ZERO_WINDOW_PROBE) === 0) {
      const next = words[forward + c.SIDE_NEXT]
      if (next === 0 || isAfter(end, next)) {
        words[forward + c.SIDE_NEXT] = end
        words[forward + c.SIDE_NEXT_FRAME] = packet.number
        doubles[(forward >> 1) + c.SIDE_NEXT_TIME] = packet.timeNs
      }
      const contiguous = words[forward + c.SIDE_CONTIGUOUS]
      if (contiguous === 0 || packet.sequence === contiguous) {
        words[forward + c.SIDE_CONTIGUOUS] = words[forward + c.SIDE_NEXT]
      }
    }
    words[forward + c.SIDE_WINDOW] = packet.window
    words[forward + c.SIDE_LAST_ACK] = packet.acknowledgment
    doubles[(forward >> 1) + c.SIDE_ACK_TIME] = packet.timeNs
    words[forward + c.SIDE_MULTIPATH_OPTIONS] = segment.multipathOptions
    words[forward + c.SIDE_LAST_FLAGS] = segment.flags
  }

  /** Rule 6.18. The number counts even where the ACK flag is clear. */
  private acknowledge(packet: Packet, segment: Segment, reverse: number): void {
    this.unacked.acknowledge(this.connections.words, reverse, packet.acknowledgment)
    if (this.unacked.ackedFrame === 0) return
    segment.hasAnalysis = true
    segment.acknowledgedFrame = this.unacked.ackedFrame
    segment.acknowledgmentRttNs = packet.timeNs - this.unacked.ackedTimeNs
  }

  /** Rule 6.19. */
  private measureFlight(packet: Packet, segment: Segment, forward: number, reverse: number): void {
    const words = this.connections.words
    const sideFlags = words[forward + c.SIDE_FLAGS]
    if (this.unacked.isEmpty(words, forward) || (sideFlags & c.SIDE_IN_FLIGHT_UNKNOWN) !== 0) return
    const inFlight = (this.unacked.span(this.connections, forward) - words[reverse + c.SIDE_SACKED]) >>> 0
    if (inFlight > 0 && inFlight < MOST_BYTES_IN_FLIGHT) {
      segment.bytesInFlight = inFlight - ((packet.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0)
      if (segment.bytesInFlight > words[forward + c.SIDE_MAX_IN_FLIGHT]) {
        words[forward + c.SIDE_MAX_IN_FLIGHT] = segment.bytesInFlight
      }
    }
    const isPush = (packet.tcpFlags & TCP_PSH) !== 0
    const startsRun = (sideFlags & c.SIDE_LAST_WAS_PUSH) !== 0
    const pushBytes = (startsRun ? 0 : words[forward + c.SIDE_PUSH_BYTES]) + packet.payloadLength
    words[forward + c.SIDE_PUSH_BYTES] = pushBytes | 0
    if (isPush) words[forward + c.SIDE_FLAGS] |= c.SIDE_LAST_WAS_PUSH
    else words[forward + c.SIDE_FLAGS] &= ~c.SIDE_LAST_WAS_PUSH
    segment.pushBytes = pushBytes
    segment.hasAnalysis = true
  }
}

/** Elapsed time below a limit, both as unsigned 64-bit numbers: a negative time is longer than any positive one. */
function isShorter(elapsedNs: number, limitNs: number): boolean {
  if (elapsedNs < 0 !== limitNs < 0) return limitNs < 0
  return elapsedNs < limitNs
}
