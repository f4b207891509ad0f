import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import type { ProtocolListener } from './messages.ts'

const RELAY_FORWARD = 12
const RELAY_REPLY = 13

/** Marks a datagram of a DHCPv6 port and tells its outermost message (RFC 8415 §8, §9). */
export function readDhcpv6(
  listener: ProtocolListener,
  packet: Packet,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  markProtocol(packet, Protocol.dhcpv6)
  if (end <= start) return
  const messageType = bytes[start]!
  const isRelayed = messageType === RELAY_FORWARD || messageType === RELAY_REPLY
  const hasId = !isRelayed && end - start >= 4
  listener.dhcpv6({
    frame: packet.number,
    timeNs: packet.timeNs,
    messageType,
    transactionId: hasId ? (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]! : null,
  })
}
