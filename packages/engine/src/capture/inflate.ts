import type { ByteWindow } from './byte-window.ts'
import type { OnData } from './compression.ts'
import { FAST_BITS, HuffmanCode } from './huffman.ts'

/** What {@link Inflater.run} says: more input is needed; the stream is complete; it is damaged; it ends too early. */
export type InflateResult = 'more' | 'done' | 'damaged' | 'early'

/** Reach of a match. */
const HISTORY_BYTES = 32 << 10
const MAX_MATCH = 258
const OUTPUT_BYTES = HISTORY_BYTES + (128 << 10)

/** Bytes that one symbol with its distance may take, read-ahead included. */
const SYMBOL_ROOM = 16
/** Bytes that the header of a block may take. */
const HEADER_ROOM = 512
/** Zero bytes to be put behind the last input, so that nothing is read beyond the buffer. */
export const INFLATE_PADDING = HEADER_ROOM + SYMBOL_ROOM

const FAST_MASK = (1 << FAST_BITS) - 1
const END_OF_BLOCK = 256

const lengthExtra = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0)
const lengthBase = bases(lengthExtra, 3)
lengthBase[28] = MAX_MATCH
const distanceExtra = Uint8Array.from({ length: 30 }, (_, i) => (i < 2 ? 0 : (i >> 1) - 1))
const distanceBase = bases(distanceExtra, 1)
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/**
 * Decodes DEFLATE (RFC 1951) as it comes in, yielding at most 128 KiB at a time; one serves any number of streams in turn.
 *
 * Invariant between runs: `#bits` holds the fewer than 8 bits that are left of the byte before the window's start.
 */
export class Inflater {
  #onData: OnData
  #output = new Uint8Array(OUTPUT_BYTES)
  /** Bytes of `#output` that are written; those before `#delivered` were delivered. */
  #written = 0
  #delivered = 0
  #bits = 0
  #bitCount = 0
  #state: 'header' | 'stored' | 'codes' | 'end' = 'header'
  #isLastBlock = false
  #storedLeft = 0
  #literals = new HuffmanCode()
  #distances = new HuffmanCode()
  #codeLengths = new HuffmanCode()
  #lengths = new Uint8Array(320)

  constructor(onData: OnData) {
    this.#onData = onData
  }

  /** Starts over with a new stream. */
  begin(): void {
    this.#written = 0
    this.#delivered = 0
    this.#bits = 0
    this.#bitCount = 0
    this.#state = 'header'
    this.#isLastBlock = false
  }

  /**
   * Decodes what the window holds up to `inputEnd`; `isLast` says that nothing follows but INFLATE_PADDING bytes.
   * Once done, the window starts behind the stream.
   */
  run(window: ByteWindow, inputEnd: number, isLast: boolean): InflateResult {
    for (;;) {
      let result: InflateResult | 'on'
      if (this.#state === 'codes') result = this.#readSymbols(window, inputEnd, isLast)
      else if (this.#state === 'stored') result = this.#copyStored(window, inputEnd, isLast)
      else if (this.#state === 'header') result = this.#readHeader(window, inputEnd, isLast)
      else result = 'done'
      if (result === 'on') continue
      this.#deliver()
      this.#unread(window)
      return result
    }
  }

  #readHeader(window: ByteWindow, inputEnd: number, isLast: boolean): InflateResult | 'on' {
    if (!isLast && inputEnd - window.start < HEADER_ROOM) return 'more'
    this.#isLastBlock = this.#take(window, 1) === 1
    const type = this.#take(window, 2)
    let isSound = true
    if (type === 0) {
      this.#unread(window)
      this.#bitCount = 0
      this.#bits = 0
      this.#storedLeft = this.#take(window, 16)
      isSound = this.#take(window, 16) === (~this.#storedLeft & 0xffff)
      this.#state = 'stored'
    } else if (type === 1) {
      this.#buildFixed()
      this.#state = 'codes'
    } else {
      isSound = type === 2 && this.#readCodes(window)
      this.#state = 'codes'
    }
    if (this.#position(window) > inputEnd) return 'early'
    return isSound ? 'on' : 'damaged'
  }

  #copyStored(window: ByteWindow, inputEnd: number, isLast: boolean): InflateResult | 'on' {
    while (this.#storedLeft > 0) {
      if (this.#written === OUTPUT_BYTES) this.#makeRoom()
      const length = Math.min(this.#storedLeft, inputEnd - window.start, OUTPUT_BYTES - this.#written)
      if (length === 0) return isLast ? 'early' : 'more'
      this.#output.set(window.bytes.subarray(window.start, window.start + length), this.#written)
      this.#written += length
      window.start += length
      this.#storedLeft -= length
    }
    return this.#endBlock()
  }

  #readSymbols(window: ByteWindow, inputEnd: number, isLast: boolean): InflateResult | 'on' {
    const input = window.bytes
    const output = this.#output
    const fastLiterals = this.#literals.fast
    const fastDistances = this.#distances.fast
    const readEnd = isLast ? inputEnd + SYMBOL_ROOM : inputEnd - SYMBOL_ROOM
    let at = window.start
    let bits = this.#bits
    let bitCount = this.#bitCount
    let written = this.#written
    let result: InflateResult | 'on' = isLast ? 'early' : 'more'
    while (at <= readEnd) {
      if (written > OUTPUT_BYTES - MAX_MATCH) {
        this.#written = written
        this.#makeRoom()
        written = this.#written
      }
      // 20 bits are enough for a code (15) and the extra bits of a length (5).
      while (bitCount < 20) {
        bits |= input[at++] << bitCount
        bitCount += 8
      }
      let entry = fastLiterals[bits & FAST_MASK]
      if (entry === 0) entry = this.#literals.findLong(bits)
      bits >>>= entry & 15
      bitCount -= entry & 15
      const symbol = entry >>> 4
      if (at - (bitCount >> 3) > inputEnd) {
        result = 'early'
        break
      }
      if (symbol < END_OF_BLOCK) {
        if (entry === 0) {
          result = 'damaged'
          break
        }
        output[written++] = symbol
        continue
      }
      if (symbol === END_OF_BLOCK) {
        result = this.#endBlock()
        break
      }
      const lengthCode = symbol - 257
      const extra = lengthExtra[lengthCode]
      let length = lengthBase[lengthCode] + (bits & ((1 << extra) - 1))
      bits >>>= extra
      bitCount -= extra
      while (bitCount < 20) {
        bits |= input[at++] << bitCount
        bitCount += 8
      }
      entry = fastDistances[bits & FAST_MASK]
      if (entry === 0) entry = this.#distances.findLong(bits)
      bits >>>= entry & 15
      bitCount -= entry & 15
      while (bitCount < 20) {
        bits |= input[at++] << bitCount
        bitCount += 8
      }
      const distanceCode = entry >>> 4
      const distanceBits = distanceExtra[distanceCode]
      const distance = distanceBase[distanceCode] + (bits & ((1 << distanceBits) - 1))
      bits >>>= distanceBits
      bitCount -= distanceBits
      if (at - (bitCount >> 3) > inputEnd) {
        result = 'early'
        break
      }
      if (entry === 0 || lengthCode > 28 || distanceCode > 29 || distance > written) {
        result = 'damaged'
        break
      }
      for (let from = written - distance; length > 0; length--) output[written++] = output[from++]
    }
    window.start = at
    this.#bits = bits
    this.#bitCount = bitCount
    this.#written = written
    return result
  }

  #endBlock(): 'on' {
    this.#state = this.#isLastBlock ? 'end' : 'header'
    return 'on'
  }

  #buildFixed(): void {
    const lengths = this.#lengths
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320)
    this.#literals.build(lengths, 0, 288)
    this.#distances.build(lengths, 288, 320)
  }

  /** Reads the codes of a block that has its own (RFC 1951 §3.2.7); false when they cannot be right. */
  #readCodes(window: ByteWindow): boolean {
    const literals = 257 + this.#take(window, 5)
    const distances = 1 + this.#take(window, 5)
    const codeLengths = 4 + this.#take(window, 4)
    if (literals > 286 || distances > 30) return false
    const lengths = this.#lengths.fill(0)
    for (let i = 0; i < codeLengths; i++) lengths[codeLengthOrder[i]] = this.#take(window, 3)
    if (!this.#codeLengths.build(lengths, 0, 19)) return false
    const end = literals + distances
    for (let at = 0; at < end; ) {
      const symbol = this.#takeCodeLength(window)
      if (symbol < 16) {
        if (symbol < 0) return false
        lengths[at++] = symbol
        continue
      }
      if (symbol === 16 && at === 0) return false
      const value = symbol === 16 ? lengths[at - 1] : 0
      const repeats = symbol === 18 ? 11 + this.#take(window, 7) : 3 + this.#take(window, symbol === 16 ? 2 : 3)
      if (at + repeats > end) return false
      lengths.fill(value, at, (at += repeats))
    }
    if (lengths[END_OF_BLOCK] === 0) return false
    return this.#literals.build(lengths, 0, literals) && this.#distances.build(lengths, literals, end)
  }

  /** A symbol of the code in which code lengths are written; -1 when the bits are none. */
  #takeCodeLength(window: ByteWindow): number {
    this.#fill(window, 7)
    const entry = this.#codeLengths.fast[this.#bits & FAST_MASK]
    if (entry === 0) return -1
    this.#take(window, entry & 15)
    return entry >>> 4
  }

  #take(window: ByteWindow, count: number): number {
    this.#fill(window, count)
    const taken = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#bitCount -= count
    return taken
  }

  #fill(window: ByteWindow, count: number): void {
    while (this.#bitCount < count) {
      this.#bits |= window.bytes[window.start++] << this.#bitCount
      this.#bitCount += 8
    }
  }

  /** Offset in the window's bytes of the first byte of which no bit was used. */
  #position(window: ByteWindow): number {
    return window.start - (this.#bitCount >> 3)
  }

  /** Gives whole bytes that were read ahead back to the window. */
  #unread(window: ByteWindow): void {
    window.start = this.#position(window)
    this.#bitCount &= 7
    this.#bits &= (1 << this.#bitCount) - 1
  }

  #deliver(): void {
    if (this.#written > this.#delivered) this.#onData(this.#output.subarray(this.#delivered, this.#written))
    this.#delivered = this.#written
  }

  /** Delivers what was written and keeps the reach of a match of it. */
  #makeRoom(): void {
    this.#deliver()
    this.#output.copyWithin(0, this.#written - HISTORY_BYTES, this.#written)
    this.#written = HISTORY_BYTES
    this.#delivered = HISTORY_BYTES
  }
}

/** First value of each code, of which those before have these extra bits. */
function bases(extra: Uint8Array, first: number): Uint16Array {
  const made = new Uint16Array(extra.length)
  let base = first
  for (let i = 0; i < extra.length; i++) {
    made[i] = base
    base += 1 << extra[i]
  }
  return made
}
