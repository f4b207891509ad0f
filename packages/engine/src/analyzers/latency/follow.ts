import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../decode/tcp.ts'
import type { Packet } from '../../packet.ts'
import { ANY_RETRANSMISSION, KEEP_ALIVE, OUT_OF_ORDER, ZERO_WINDOW_PROBE } from '../../tcp/analysis-flags.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../../tcp/loss.ts'
import type { Segment } from '../../tcp/segment.ts'
import { advance, advanceToFirstByte, stall } from './clock.ts'
import { CLIENT_THINK, CONNECT, PATH, REQUEST, SERVER, TLS, TRANSFER } from './parts.ts'
import * as r from './record.ts'

const REPEATED = ANY_RETRANSMISSION | KEEP_ALIVE | ZERO_WINDOW_PROBE
/** Up to here what a client sends right after a handshake of TLS 1.3 is its Finished alone, and what a server sends are tickets. */
const MOST_FINISHED_BYTES = 200
const MOST_TICKET_BYTES = 700

/** What a segment brought about. */
export const FOLLOWED = 0
/** The response before it was the last of a transaction: {@link beginRequest} must follow once it was told. */
export const ENDS_TRANSACTION = 1

/** Follows the handshake of a connection: SYN, SYN-ACK, and the client's answer. */
export function followHandshake(
  segment: Segment,
  packet: Packet,
  fromClient: boolean,
  values: Float64Array,
  at: number,
): void {
  const { timeNs } = packet
  if ((segment.tcpFlags & TCP_SYN) !== 0) {
    if ((segment.tcpFlags & TCP_ACK) !== 0) {
      if (values[at + r.STATE] !== r.SYN_SENT) return
      values[at + r.SERVER_RTT] = Math.max(0, timeNs - values[at + r.SYN_TIME])
      values[at + r.STATE] = r.SYN_ANSWERED
      return
    }
    if (values[at + r.STATE] > r.SYN_SENT) return
    if (values[at + r.STATE] === r.NOTHING) {
      values[at + r.CURSOR] = timeNs
      values[at + r.STALL_END] = timeNs
      values[at + r.BEGIN] = timeNs
      values[at + r.BEGIN_FRAME] = packet.number
    } else stall(values, at, r.STALL_RETRANSMISSION, values[at + r.SYN_TIME], timeNs)
    values[at + r.SYN_TIME] = timeNs
    values[at + r.STATE] = r.SYN_SENT
    return
  }
  if (values[at + r.STATE] !== r.SYN_ANSWERED || !fromClient || (segment.tcpFlags & (TCP_RST | TCP_FIN)) !== 0) return
  advance(values, at, CONNECT, timeNs)
  values[at + r.HANDSHAKE_RTT] = Math.max(0, timeNs - values[at + r.SYN_TIME])
  values[at + r.CONNECTED_FRAME] = packet.number
  values[at + r.STATE] = r.CONNECTED
  values[at + r.ROUND_TRIPS]++
}

/** Notes waits for lost segments and for windows that were closed. */
export function followStalls(segment: Segment, packet: Packet, values: Float64Array, at: number): void {
  const { timeNs } = packet
  const since = at + r.CLOSED_SINCE + segment.direction
  if ((segment.flags & ANY_RETRANSMISSION) !== 0 && segment.timeoutNs > 0)
    stall(values, at, r.STALL_RETRANSMISSION, timeNs - segment.timeoutNs, timeNs)
  if ((segment.tcpFlags & (TCP_SYN | TCP_RST)) !== 0) return
  if (packet.window === 0) {
    if (values[since] === 0) values[since] = timeNs + 1
  } else if (values[since] !== 0) {
    stall(values, at, r.STALL_ZERO_WINDOW, values[since] - 1, timeNs)
    values[since] = 0
  }
}

/** True for payload that is new: neither repeated nor seen twice. */
export function isNewData(segment: Segment): boolean {
  return (
    segment.payloadLength > 0 &&
    (segment.flags & (REPEATED | OUT_OF_ORDER)) === 0 &&
    segment.loss !== LOSS_CAPTURE_DUPLICATE
  )
}

/** New payload from the client. */
export function followRequest(segment: Segment, packet: Packet, values: Float64Array, at: number): number {
  if (values[at + r.STATE] === r.IN_REQUEST) {
    const isRequest = values[at + r.IS_FINISHED] === 0
    advance(values, at, isRequest ? (values[at + r.TLS_TURNS] > 0 ? TLS : REQUEST) : CLIENT_THINK, packet.timeNs)
    if (!isRequest) values[at + r.REQUEST_FRAME] = packet.number
    values[at + r.IS_FINISHED] = 0
    values[at + r.REQUEST_END_FRAME] = packet.number
    return FOLLOWED
  }
  if (values[at + r.STATE] === r.IN_RESPONSE) {
    if (values[at + r.TLS_TURNS] === 0) return ENDS_TRANSACTION
    values[at + r.TLS_TURNS]--
    advance(values, at, TLS, packet.timeNs)
    values[at + r.STATE] = r.IN_REQUEST
    values[at + r.ROUND_TRIPS]++
    values[at + r.REQUEST_FRAME] = packet.number
    values[at + r.REQUEST_END_FRAME] = packet.number
    const isAlone = values[at + r.TLS_TURNS] === 0 && segment.payloadLength <= MOST_FINISHED_BYTES
    values[at + r.IS_FINISHED] = isAlone ? 1 : 0
    return FOLLOWED
  }
  beginRequest(packet, values, at)
  return FOLLOWED
}

/** The first payload of a transaction. */
export function beginRequest(packet: Packet, values: Float64Array, at: number): void {
  if (values[at + r.STATE] === r.NOTHING) {
    values[at + r.CURSOR] = packet.timeNs
    values[at + r.STALL_END] = packet.timeNs
    values[at + r.BEGIN] = packet.timeNs
    values[at + r.BEGIN_FRAME] = packet.number
  }
  advance(values, at, CLIENT_THINK, packet.timeNs)
  values[at + r.STATE] = r.IN_REQUEST
  values[at + r.ROUND_TRIPS]++
  values[at + r.REQUEST_FRAME] = packet.number
  values[at + r.REQUEST_END_FRAME] = packet.number
}

/** New payload from the server. */
export function followResponse(segment: Segment, packet: Packet, values: Float64Array, at: number): void {
  const state = values[at + r.STATE]
  if (state === r.IN_RESPONSE) advance(values, at, values[at + r.TLS_TURNS] > 0 ? TLS : TRANSFER, packet.timeNs)
  else if (state === r.IN_REQUEST) {
    if (values[at + r.IS_FINISHED] === 1 && segment.payloadLength <= MOST_TICKET_BYTES) {
      advance(values, at, TLS, packet.timeNs)
      return
    }
    if (values[at + r.TLS_TURNS] > 0) advance(values, at, TLS, packet.timeNs)
    else advanceToFirstByte(values, at, PATH, SERVER, values[at + r.SERVER_RTT], packet.timeNs)
    values[at + r.FIRST_BYTE_FRAME] = packet.number
    values[at + r.STATE] = r.IN_RESPONSE
  } else if (state === r.CONNECTED) {
    // the server speaks first: a greeting
    advance(values, at, SERVER, packet.timeNs)
    values[at + r.FIRST_BYTE_FRAME] = packet.number
    values[at + r.STATE] = r.IN_RESPONSE
  } else return
  values[at + r.LAST_BYTE_FRAME] = packet.number
}

/** The payload just followed held a ClientHello: what the client sent so far belongs to the handshake. */
export function beginTls(values: Float64Array, at: number): void {
  values[at + r.TLS_TURNS] = 1
  values[at + r.PARTS + TLS] += values[at + r.PARTS + REQUEST]
  values[at + r.PARTS + REQUEST] = 0
}

/** Forgets the transaction that was told; the next one begins where it ended. */
export function nextTransaction(values: Float64Array, at: number): void {
  values.fill(0, at + r.PARTS, at + r.SUMS)
  values[at + r.BEGIN] = values[at + r.CURSOR]
  values[at + r.BEGIN_FRAME] = values[at + r.LAST_BYTE_FRAME]
  values.fill(0, at + r.CONNECTED_FRAME, at + r.TLS_TURNS)
  values[at + r.ROUND_TRIPS] = 0
}
