import * as c from "./connection"
import { Connection, Side } from "./connection"
import * as flag from "./flags"
import { isAfter, isBefore, isNotAfter, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "./flags"
import { Header } from "./header"
import { Segment } from "./segment"
import * as unacked from "./unacked"

const FAST_RETRANSMISSION_LIMIT_NS: f64 = 20_000_000
const OUT_OF_ORDER_LIMIT_NS: f64 = 3_000_000
const MOST_BYTES_IN_FLIGHT: u32 = 2_000_000_000
const SYN_FIN_RST = TCP_SYN | TCP_FIN | TCP_RST

/**
 * The sequence analysis of tshark 4.0.17 with default preferences: one segment against the state of its connection.
 *
 * The order of the tests and their odd corners are part of the behaviour; docs/reference/tcp-analysis.md states them as rules, and the
 * numbers in the comments below are those rules'. `forward` is the sending side. A flag set before (a reused port, a repeated SYN)
 * stays. O(1) but for what unacked.ts says.
 */
export function analyze(header: Header, segment: Segment, connection: Connection, forward: Side, reverse: Side): void {
  if ((header.tcpFlags & TCP_ACK) !== 0) reverse.flags &= ~c.IN_FLIGHT_UNKNOWN
  if (forwardTests(header, segment, forward, reverse)) countDuplicateAck(segment, forward)
  if (header.acknowledgment !== forward.lastAck) {
    forward.ackFrame = header.number
    forward.duplicates = 0
  }
  testUnseenAck(header, segment, reverse)
  const occupies = header.payloadLength > 0 || (header.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0
  if (occupies && (segment.flags & flag.KEEP_ALIVE) === 0) {
    testRetransmission(header, segment, connection, forward, reverse)
  }
  advance(header, segment, forward, occupies)
  acknowledge(header, segment, reverse)
  if (header.payloadLength > 0) measureFlight(header, segment, forward, reverse)
}

/** Rules 6.2 to 6.9. Returns true when the segment may still be a duplicate ACK. */
function forwardTests(header: Header, segment: Segment, forward: Side, reverse: Side): bool {
  const sequence = header.sequence
  const payloadLength = header.payloadLength
  const window = header.window
  const next = forward.next
  const hasSynFinRst = (header.tcpFlags & SYN_FIN_RST) !== 0
  if (payloadLength === 1 && sequence === next && reverse.window === 0) {
    segment.flags |= flag.ZERO_WINDOW_PROBE
    return false
  }
  if (window === 0 && !hasSynFinRst) segment.flags |= flag.ZERO_WINDOW
  if (next !== 0 && isAfter(sequence, next) && (header.tcpFlags & TCP_RST) === 0) {
    segment.flags |= flag.LOST_SEGMENT
    forward.flags |= c.IN_FLIGHT_UNKNOWN
  }
  if (payloadLength <= 1 && sequence === next - 1 && !hasSynFinRst) segment.flags |= flag.KEEP_ALIVE
  if (payloadLength > 0) {
    if (!hasSynFinRst && fillsWindow(header, reverse)) segment.flags |= flag.WINDOW_FULL
    return false
  }
  if (hasSynFinRst || sequence !== next || header.acknowledgment !== forward.lastAck) return false
  return testRepeatedAck(segment, window, forward.window, reverse.lastFlags)
}

/** An empty segment that repeats sequence and acknowledgment numbers: what its window says. */
function testRepeatedAck(segment: Segment, window: i32, lastWindow: i32, peerFlags: i32): bool {
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
function fillsWindow(header: Header, reverse: Side): bool {
  const shift = reverse.shift
  if (shift === c.SHIFT_UNKNOWN) return false
  const isUnscaled = shift === c.SHIFT_UNUSED || (reverse.flags & c.IN_HANDSHAKE) !== 0
  const windowBytes = reverse.window << (isUnscaled ? 0 : shift)
  return header.sequence + header.payloadLength === reverse.lastAck + windowBytes
}

/** Rule 6.10. */
function countDuplicateAck(segment: Segment, forward: Side): void {
  if (segment.multipathOptions !== forward.multipathOptions) return
  forward.duplicates = forward.duplicates === c.POISONED ? 1 : forward.duplicates + 1
  segment.flags |= flag.DUPLICATE_ACK
  segment.duplicateAckNumber = forward.duplicates
  segment.duplicateAckFrame = forward.ackFrame
}

/** Rule 6.12: acknowledges what the capture has not seen. */
function testUnseenAck(header: Header, segment: Segment, reverse: Side): void {
  const contiguous = reverse.contiguous
  if (contiguous === 0 || (header.tcpFlags & TCP_ACK) === 0 || !isAfter(header.acknowledgment, contiguous)) return
  segment.hasAnalysis = 1
  if (isBefore(contiguous, reverse.next)) {
    reverse.contiguous = reverse.next
    segment.flags |= flag.ACK_LOST_SEGMENT
    return
  }
  if (reverse.duplicates === 0) segment.flags |= flag.ACK_LOST_SEGMENT
  reverse.duplicates = c.POISONED
}

/** Rule 6.13: spurious, fast, out of order or plain, the first that holds. */
function testRetransmission(
  header: Header,
  segment: Segment,
  connection: Connection,
  forward: Side,
  reverse: Side,
): void {
  const sequence = header.sequence
  const payloadLength = header.payloadLength
  const next = forward.next
  const peerAck = reverse.lastAck
  if (payloadLength > 0 && peerAck !== 0 && isNotAfter(sequence + payloadLength, peerAck)) {
    segment.flags |= flag.SPURIOUS_RETRANSMISSION
    return
  }
  if (next === 0 || !isBefore(sequence, next) || (payloadLength > 1 && sequence === next - 1)) return
  const duplicates = reverse.duplicates
  const sinceAckNs = header.timeNs - reverse.ackTimeNs
  if (
    (duplicates >= 2 || duplicates < 0) &&
    peerAck === sequence &&
    isShorter(sinceAckNs, FAST_RETRANSMISSION_LIMIT_NS)
  ) {
    segment.flags |= flag.FAST_RETRANSMISSION
    return
  }
  const sinceNextNs = header.timeNs - forward.nextTimeNs
  const length = payloadLength + i32((header.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0)
  const limitNs = connection.initialRttNs !== 0 ? connection.initialRttNs : OUT_OF_ORDER_LIMIT_NS
  if (isShorter(sinceNextNs, limitNs) && next !== sequence + length) {
    segment.flags |= flag.OUT_OF_ORDER
    return
  }
  segment.flags |= flag.RETRANSMISSION
  if (unacked.isEmpty(forward)) {
    segment.timeoutNs = sinceNextNs
    segment.timeoutFrame = forward.nextFrame
  } else {
    segment.timeoutNs = header.timeNs - unacked.oldestTimeNs(forward)
    segment.timeoutFrame = unacked.oldestFrame(forward)
  }
}

/** Rules 6.14 to 6.17: what the side has sent so far. */
function advance(header: Header, segment: Segment, forward: Side, occupies: bool): void {
  let end = header.sequence + header.payloadLength
  if (occupies && unacked.hasRoom(forward)) {
    if ((header.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0) end++
    unacked.addUnacked(forward, header, end)
  }
  if ((segment.flags & flag.ZERO_WINDOW_PROBE) === 0) {
    if (forward.next === 0 || isAfter(end, forward.next)) {
      forward.next = end
      forward.nextFrame = header.number
      forward.nextTimeNs = header.timeNs
    }
    if (forward.contiguous === 0 || header.sequence === forward.contiguous) forward.contiguous = forward.next
  }
  forward.window = header.window
  forward.lastAck = header.acknowledgment
  forward.ackTimeNs = header.timeNs
  forward.multipathOptions = segment.multipathOptions
  forward.lastFlags = segment.flags
}

/** Rule 6.18. The number counts even where the ACK flag is clear. */
function acknowledge(header: Header, segment: Segment, reverse: Side): void {
  unacked.acknowledge(reverse, header.acknowledgment)
  if (unacked.ackedFrame === 0) return
  segment.hasAnalysis = 1
  segment.acknowledgedFrame = unacked.ackedFrame
  segment.acknowledgmentRttNs = header.timeNs - unacked.ackedTimeNs
}

/** Rule 6.19. */
function measureFlight(header: Header, segment: Segment, forward: Side, reverse: Side): void {
  if (unacked.isEmpty(forward) || (forward.flags & c.IN_FLIGHT_UNKNOWN) !== 0) return
  const inFlight = unacked.span(forward) - <u32>reverse.sacked
  if (inFlight > 0 && inFlight < MOST_BYTES_IN_FLIGHT) {
    segment.bytesInFlight = <i32>inFlight - i32((header.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0)
    if (segment.bytesInFlight > forward.maxInFlight) forward.maxInFlight = segment.bytesInFlight
  }
  const startsRun = (forward.flags & c.LAST_WAS_PUSH) !== 0
  const pushBytes = <f64>(startsRun ? 0 : forward.pushBytes) + <f64>header.payloadLength
  forward.pushBytes = (startsRun ? 0 : forward.pushBytes) + header.payloadLength
  if ((header.tcpFlags & TCP_PSH) !== 0) forward.flags |= c.LAST_WAS_PUSH
  else forward.flags &= ~c.LAST_WAS_PUSH
  segment.pushBytes = pushBytes
  segment.hasAnalysis = 1
}

/** Elapsed time below a limit, both as unsigned 64-bit numbers: a negative time is longer than any positive one. */
@inline
function isShorter(elapsedNs: f64, limitNs: f64): bool {
  if (elapsedNs < 0 !== limitNs < 0) return limitNs < 0
  return elapsedNs < limitNs
}
