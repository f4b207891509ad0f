import type { Packet } from '../packet.ts'

/** Unsigned 16-bit number in network order; the caller has checked the length. */
export function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1]
}

/** Signed 32-bit number in network order; the caller has checked the length. */
export function int32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]
}

/** True when `length` bytes from the cursor were captured. */
export function isCaptured(packet: Packet, length: number): boolean {
  return packet.offset + length <= packet.dataEnd
}

/** Ends the current layer `length` bytes behind the cursor, if that is earlier than it ended so far. */
export function capLength(packet: Packet, length: number): void {
  const end = packet.offset + length
  if (end < packet.reportedEnd) {
    packet.reportedEnd = end
    if (packet.dataEnd > end) packet.dataEnd = end
  }
}
