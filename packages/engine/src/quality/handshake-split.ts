import { TCP_ACK } from '../decode/tcp.ts'
import type { Packet } from '../packet.ts'
import { type ConnectionMemory, HANDSHAKE, SYN_ACK_TIME, SYN_TIME } from './connection-memory.ts'
import type { QualityCounts } from './counts.ts'

const NOTHING = 0
const SYN_SEEN = 1
const SYN_ACK_SEEN = 2
const USELESS = 3

/** Below this share of the round trip the capture point is at that side. */
const NEAR = 0.1

/** Remembers when SYN and SYN-ACK passed; a handshake with anything sent twice says nothing. */
export function followHandshake({ values }: ConnectionMemory, record: number, packet: Packet): void {
  const state = values[record + HANDSHAKE]
  if ((packet.tcpFlags & TCP_ACK) === 0) {
    values[record + HANDSHAKE] = state === NOTHING ? SYN_SEEN : USELESS
    values[record + SYN_TIME] = packet.timeNs
  } else {
    values[record + HANDSHAKE] = state === SYN_SEEN ? SYN_ACK_SEEN : USELESS
    values[record + SYN_ACK_TIME] = packet.timeNs
  }
}

/**
 * Counts where the capture point divides the round trip of a handshake, `initialRttNs` from SYN to ACK: from SYN to SYN-ACK passes the
 * time between the capture point and the responder, from SYN-ACK to ACK that between the capture point and the initiator.
 */
export function countSplit(
  counts: QualityCounts,
  { values }: ConnectionMemory,
  record: number,
  initialRttNs: number,
  leastRoundTripNs: number,
): void {
  if (values[record + HANDSHAKE] !== SYN_ACK_SEEN || initialRttNs < leastRoundTripNs) return
  const responderPartNs = values[record + SYN_ACK_TIME] - values[record + SYN_TIME]
  const initiatorPartNs = initialRttNs - responderPartNs
  if (responderPartNs < 0 || initiatorPartNs < 0) return
  counts.responderPartNs += responderPartNs
  counts.initiatorPartNs += initiatorPartNs
  const initiatorShare = initiatorPartNs / initialRttNs
  if (initiatorShare < NEAR) counts.splitNearInitiator++
  else if (initiatorShare > 1 - NEAR) counts.splitNearResponder++
  else counts.splitBetween++
}
