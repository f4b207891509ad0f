import type { Packet } from '../packet.ts'

/** Why decoding ended early; the index is what {@link Packet.stopReason} holds, the text is what the report prints. */
export const stopReasons = [
  '',
  'header cut by the snap length',
  'unsupported link type',
  'unknown EtherType',
  'unknown LLC protocol',
  'unknown IP protocol',
  'not an IP version',
  'IP header length is wrong',
  'too many nested headers',
  'fragment that waits for the rest',
  'encrypted 802.11 frame',
  '802.11 frame without data',
  'TCP header length is wrong',
  'UDP length is wrong',
  'tunnel header is wrong',
  'unknown PPP protocol',
  'fragment cut by the snap length',
] as const

export const STOP_CUT = 1
export const STOP_LINK_TYPE = 2
export const STOP_ETHERTYPE = 3
export const STOP_LLC = 4
export const STOP_IP_PROTOCOL = 5
export const STOP_IP_VERSION = 6
export const STOP_IP_LENGTH = 7
export const STOP_NESTING = 8
export const STOP_FRAGMENT = 9
export const STOP_ENCRYPTED = 10
export const STOP_NO_DATA = 11
export const STOP_TCP_LENGTH = 12
export const STOP_UDP_LENGTH = 13
export const STOP_TUNNEL = 14
export const STOP_PPP = 15
export const STOP_FRAGMENT_CUT = 16

/** Records why and where decoding stopped; what was understood so far stays. Returns the layer that ends the walk. */
export function stop(packet: Packet, reason: number): number {
  packet.stopReason = reason
  packet.stopOffset = packet.data === packet.bytes ? packet.offset - packet.start : 0
  return 0
}
