import { int32 } from '../../decode/cursor.ts'
import type { Packet } from '../../packet.ts'
import { addressText } from '../../text/addresses.ts'

const ICMP_HEADER_BYTES = 8

/** Destination of the packet that the ICMP error at the packet's cursor quotes; null when too little was captured. */
export function quotedDestination(packet: Packet, version: 4 | 6): string | null {
  return quotedAddress(packet, version, version === 4 ? 16 : 24)
}

/** Source of the quoted packet: the host that is told of the error. */
export function quotedSource(packet: Packet, version: 4 | 6): string | null {
  return quotedAddress(packet, version, version === 4 ? 12 : 8)
}

/** The address `at` so many bytes into the quoted header. */
function quotedAddress(packet: Packet, version: 4 | 6, at: number): string | null {
  const { data, offset, dataEnd } = packet
  const header = offset + ICMP_HEADER_BYTES
  const start = header + at
  const length = version === 4 ? 4 : 16
  if (start + length > dataEnd || data[header] >> 4 !== version) return null
  const words = Int32Array.from({ length: length / 4 }, (_, i) => int32(data, start + 4 * i))
  return addressText(words, 0, version)
}
