import type { Packet } from '../packet.ts'

const PROTOCOL_TCP = 6
const IPV4_TTL_AT = 8
const IPV6_HEADER_BYTES = 40
const IPV6_NEXT_HEADER_AT = 6
const IPV6_HOP_LIMIT_AT = 7

/** TTL (RFC 791) or hop limit (RFC 8200) of the packet that holds the TCP segment; 0 when it cannot be read. */
export function hopLimit(packet: Packet): number {
  const { data, transportStart } = packet
  if (packet.ipLayers[packet.ipLayerStart] === 4) {
    return packet.ipHeaderStart < 0 ? 0 : data[packet.ipHeaderStart + IPV4_TTL_AT]
  }
  const start = transportStart - IPV6_HEADER_BYTES
  // with extension headers in between this is no header, and says nothing
  if (start < 0 || data[start] >> 4 !== 6 || data[start + IPV6_NEXT_HEADER_AT] !== PROTOCOL_TCP) return 0
  return data[start + IPV6_HOP_LIMIT_AT]
}

/** True for the values that systems start with: no router has lowered it. */
export function isInitialHopLimit(value: number): boolean {
  return value === 64 || value === 128 || value === 255
}
