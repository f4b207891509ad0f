const MIN_MATCH = 4
/** Matches this long are copied by the engine's own loop instead of ours. */
const LONG_COPY = 32

/**
 * Decodes one LZ4 block (LZ4 block format) of `source[start…end)` into `target` from `at` on; matches may reach back to `target[0]`.
 * Returns the end of what was written, or -1 when the block is damaged or does not fit.
 */
export function decodeLz4Block(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let from = start
  let to = at
  while (from < end) {
    const token = source[from++]
    let literals = token >>> 4
    if (literals === 15) {
      let more = 255
      while (more === 255 && from < end) literals += more = source[from++]
      if (more === 255) return -1
    }
    if (literals > end - from || literals > target.length - to) return -1
    if (literals > LONG_COPY) {
      target.set(source.subarray(from, from + literals), to)
      from += literals
      to += literals
    } else {
      for (let left = literals; left > 0; left--) target[to++] = source[from++]
    }
    // The last sequence of a block ends with its literals.
    if (from === end) return to
    if (from + 2 > end) return -1
    const distance = source[from] | (source[from + 1] << 8)
    from += 2
    let length = (token & 15) + MIN_MATCH
    if ((token & 15) === 15) {
      let more = 255
      while (more === 255 && from < end) length += more = source[from++]
      if (more === 255) return -1
    }
    if (distance === 0 || distance > to || length > target.length - to) return -1
    if (length > LONG_COPY && distance >= length) {
      target.copyWithin(to, to - distance, to - distance + length)
      to += length
    } else {
      for (let left = length; left > 0; left--, to++) target[to] = target[to - distance]
    }
  }
  return -1
}
