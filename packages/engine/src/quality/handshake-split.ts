import { TCP_ACK, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Packet } from '../packet.ts'
import type { Segment } from '../tcp/segment.ts'
import { type ConnectionMemory, HANDSHAKE, SYN_ACK_TIME, SYN_TIME } from './connection-memory.ts'
import type { QualityCounts } from './counts.ts'

const NOTHING = 0
const SYN_SEEN = 1
/** Plus the direction that sent the SYN-ACK. */
const SYN_ACK_SEEN = 2
const OVER = 4

/** Below this share of the round trip the capture point is at that side. */
const NEAR = 0.1

/**
 * Follows a handshake: where the capture point divides its round trip. From SYN to SYN-ACK passes the time between the capture point
 * and the responder, from SYN-ACK to ACK that between the capture point and the initiator. One with anything sent twice says nothing.
 */
export function followHandshake(
  counts: QualityCounts,
  memory: ConnectionMemory,
  record: number,
  segment: Segment,
  packet: Packet,
  leastRoundTripNs: number,
): void {
  const { values } = memory
  const state = values[record + HANDSHAKE]
  const kind = packet.tcpFlags & (TCP_SYN | TCP_ACK | TCP_RST)
  if (kind === TCP_SYN) {
    values[record + HANDSHAKE] = state === NOTHING ? SYN_SEEN : OVER
    values[record + SYN_TIME] = packet.timeNs
  } else if (kind === (TCP_SYN | TCP_ACK)) {
    values[record + HANDSHAKE] = state === SYN_SEEN ? SYN_ACK_SEEN + segment.direction : OVER
    values[record + SYN_ACK_TIME] = packet.timeNs
  } else {
    const isAck = kind === TCP_ACK && (state === SYN_ACK_SEEN || state === SYN_ACK_SEEN + 1)
    values[record + HANDSHAKE] = OVER
    if (!isAck || state - SYN_ACK_SEEN === segment.direction) return
    const responderPartNs = values[record + SYN_ACK_TIME] - values[record + SYN_TIME]
    countSplit(counts, responderPartNs, packet.timeNs - values[record + SYN_ACK_TIME], leastRoundTripNs)
  }
}

/** Whether the handshake of a record may still go on. */
export function isHandshakeOpen(memory: ConnectionMemory, record: number): boolean {
  const state = memory.values[record + HANDSHAKE]
  return state !== NOTHING && state !== OVER
}

function countSplit(
  counts: QualityCounts,
  responderPartNs: number,
  initiatorPartNs: number,
  leastRoundTripNs: number,
): void {
  const roundTripNs = responderPartNs + initiatorPartNs
  if (responderPartNs < 0 || initiatorPartNs < 0 || roundTripNs < leastRoundTripNs) return
  counts.responderPartNs += responderPartNs
  counts.initiatorPartNs += initiatorPartNs
  const initiatorShare = initiatorPartNs / roundTripNs
  if (initiatorShare < NEAR) counts.splitNearInitiator++
  else if (initiatorShare > 1 - NEAR) counts.splitNearResponder++
  else counts.splitBetween++
}
