/** What {@link readVarint} gives when the number is not there completely. */
export const VARINT_CUT = -1

/** Variable-length integer (RFC 9000 §16); its own length in bytes is `1 << (bytes[start] >>> 6)`. Above 2^53 it loses precision. */
export function readVarint(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return VARINT_CUT
  const length = 1 << (bytes[start] >>> 6)
  if (start + length > end) return VARINT_CUT
  let value = bytes[start] & 0x3f
  for (let i = 1; i < length; i++) value = value * 256 + bytes[start + i]
  return value
}
