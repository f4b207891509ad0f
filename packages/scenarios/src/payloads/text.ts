/** Text as bytes of UTF-8. */
export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

/** Bytes that are no protocol: rows of letters. */
export function filler(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i % 64 === 63 ? 10 : 97 + (i % 26)))
}

/** Pieces one after the other. */
export function joined(...pieces: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
