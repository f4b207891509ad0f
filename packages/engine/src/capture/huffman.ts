const MAX_LENGTH = 15
/** Codes up to this length are found in one look. */
export const FAST_BITS = 10

/**
 * A canonical Huffman code of DEFLATE (RFC 1951 §3.2.2), made anew for every block without allocating.
 *
 * `fast[next 10 bits]` is `symbol << 4 | length`, or 0 for longer codes, which `findLong` looks up.
 */
export class HuffmanCode {
  readonly fast = new Uint16Array(1 << FAST_BITS)
  /** Symbols in the order of their codes. */
  #symbols = new Uint16Array(288)
  #counts = new Uint16Array(MAX_LENGTH + 1)
  #offsets = new Uint16Array(MAX_LENGTH + 2)

  /** Makes the code with `lengths[start…end)`; false when no such code can be. A single code, or none, may leave the rest unused. */
  build(lengths: Uint8Array, start: number, end: number): boolean {
    const counts = this.#counts.fill(0)
    const offsets = this.#offsets
    for (let i = start; i < end; i++) counts[lengths[i]]++
    offsets[1] = 0
    let left = 1
    for (let length = 1; length <= MAX_LENGTH; length++) {
      left = 2 * left - counts[length]
      if (left < 0) return false
      offsets[length + 1] = offsets[length] + counts[length]
    }
    const used = offsets[MAX_LENGTH + 1]
    if (left > 0 && used > 1) return false
    for (let i = start; i < end; i++) {
      if (lengths[i] !== 0) this.#symbols[offsets[lengths[i]]++] = i - start
    }
    this.#fillFast()
    return true
  }

  /** Symbol and length, as in `fast`, of a code longer than 10 bits; 0 when the bits are no code. */
  findLong(bits: number): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code |= bits & 1
      bits >>>= 1
      const count = this.#counts[length]
      if (code - first < count) return (this.#symbols[index + code - first] << 4) | length
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return 0
  }

  #fillFast(): void {
    const fast = this.fast.fill(0)
    let code = 0
    let index = 0
    for (let length = 1; length <= FAST_BITS; length++) {
      for (let left = this.#counts[length]; left > 0; left--, code++, index++) {
        const entry = (this.#symbols[index] << 4) | length
        for (let at = reverse(code, length); at < fast.length; at += 1 << length) fast[at] = entry
      }
      code <<= 1
    }
  }
}

/** Codes stand in the input with their first bit lowest. */
function reverse(code: number, length: number): number {
  let reversed = 0
  for (let i = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i)
  return reversed
}
