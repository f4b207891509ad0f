const LF = 0x0a
const CR = 0x0d

/**
 * Offset where the line that begins at `start` ends: at LF, CR LF, or, as tshark sees it, a lone CR. -1 while it has no end, which is also
 * so when a CR is the last byte, because LF may follow.
 */
export function findLineEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === LF) return at
    if (byte === CR) return at + 1 < end ? at : -1
  }
  return -1
}

/** Offset of the next line, given where one ended. */
export function afterLineEnd(bytes: Uint8Array, lineEnd: number, end: number): number {
  return bytes[lineEnd] === CR && lineEnd + 1 < end && bytes[lineEnd + 1] === LF ? lineEnd + 2 : lineEnd + 1
}
