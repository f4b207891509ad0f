import { Connection, RTT_SHOWN } from './connection'
import {
  ANY_RETRANSMISSION,
  RETRANSMISSION,
  REUSED_PORTS,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from './flags'
import { Header } from './header'
import { allocate } from './memory'
import { Segment } from './segment'
import { newText, Text } from './text'

// Numbers of the lists; the fifteen verdicts come first, in the order of their bits.
const ACK_RTT = 15
const RTO = 16
const SYN = 17
const SYN_ACK = 18
const FIN = 19
const RST = 20
const SYN_RETRANSMISSION = 21
const SYN_ACK_RETRANSMISSION = 22
const QUIC = 23
const LISTS = 24

/** A shorter header is not read up to its flags. */
const LEAST_HEADER_BYTES = 20

let lists: usize = 0
let lastFrame: i32 = 0
let lastQuicFrame: i32 = 0

export function initLists(): void {
  lists = allocate(LISTS * sizeof<usize>())
  for (let i = 0; i < LISTS; i++) store<Text>(lists + (<usize>i << 2), newText(i))
}

@inline
export function listAt(i: i32): Text {
  return load<Text>(lists + (<usize>i << 2))
}

/** Adds a segment to the lists of frames, exactly as tshark 4.0.17 with default preferences shows them; the first TCP header of a frame only. */
export function listSegment(header: Header, segment: Segment, connection: Connection): void {
  const frame = header.number
  if (frame === lastFrame) return
  lastFrame = frame
  const hasFlags = header.tcpHeaderLength >= LEAST_HEADER_BYTES
  if (hasFlags && (header.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) listFlags(header, segment)
  if (segment.isShown === 0 || segment.hasAnalysis === 0) return
  if (segment.flags !== 0) listVerdicts(segment.flags, frame)
  if (segment.initialRttNs !== 0) connection.handshake |= RTT_SHOWN
  if (segment.acknowledgedFrame !== 0 && segment.acknowledgmentRttNs !== 0) {
    const list = listAt(ACK_RTT)
    list.beginRow()
    list.integer(frame)
    list.double(segment.acknowledgmentRttNs)
    list.endRow()
  }
  if (segment.timeoutFrame !== 0 && segment.timeoutNs !== 0) {
    const list = listAt(RTO)
    list.beginRow()
    list.integer(frame)
    list.integer(segment.timeoutFrame)
    list.double(segment.timeoutNs)
    list.endRow()
  }
}

/** Adds a frame to those that hold QUIC. */
export function listQuicFrame(frame: i32): void {
  if (frame !== lastQuicFrame) listAt(QUIC).integer(frame)
  lastQuicFrame = frame
}

function listFlags(header: Header, segment: Segment): void {
  const tcpFlags = header.tcpFlags
  const frame = header.number
  if ((tcpFlags & TCP_SYN) !== 0) {
    const isAck = (tcpFlags & TCP_ACK) !== 0
    listAt(isAck ? SYN_ACK : SYN).integer(frame)
    if (segment.isShown !== 0 && (segment.flags & ANY_RETRANSMISSION) !== 0) {
      listAt(isAck ? SYN_ACK_RETRANSMISSION : SYN_RETRANSMISSION).integer(frame)
    }
  }
  if ((tcpFlags & TCP_FIN) !== 0) listAt(FIN).integer(frame)
  if ((tcpFlags & TCP_RST) !== 0) listAt(RST).integer(frame)
}

function listVerdicts(flags: i32, frame: i32): void {
  if ((flags & ANY_RETRANSMISSION) !== 0) listAt(0).integer(frame)
  for (let bits = flags & ~RETRANSMISSION & (2 * REUSED_PORTS - 1); bits !== 0; bits &= bits - 1) {
    listAt(ctz(bits)).integer(frame)
  }
}
