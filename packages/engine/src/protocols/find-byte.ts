/** Offset of the first `byte` in `bytes[start…end)`, or -1. Unlike `indexOf` it never reads past `end`. */
export function findByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at
  return -1
}
