import { findByte } from '../find-byte.ts'

const LF = 0x0a
const CR = 0x0d

const SIZE_LINE = 0
const DATA = 1
const AFTER_LAST = 2
const DONE = 3

/** Walks a chunked body (RFC 9112 §7.1) piece by piece. Chunk data is only counted; size lines must come whole. */
export class ChunkedBody {
  /** Bytes of the body on the wire so far, framing included. */
  wireBytes = 0
  /** Bytes that the size lines so far announce: the body without its framing. */
  contentBytes = 0
  /** Bytes still missing from the chunk under way, its line end included. */
  missing = 0
  /** The framing is wrong; the body has been ended there. */
  isBroken = false
  #phase: number = SIZE_LINE

  get isDone(): boolean {
    return this.#phase === DONE
  }

  /** Takes bytes from `start` and returns the offset of the first one not used: a size line that is not whole, or what follows the body. */
  walk(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && this.#phase !== DONE) {
      if (this.#phase === DATA) {
        const taken = Math.min(this.missing, end - at)
        this.missing -= taken
        at += taken
        if (this.missing === 0) this.#phase = SIZE_LINE
      } else if (this.#phase === AFTER_LAST) {
        at = this.#skipTrailers(bytes, at, end)
      } else {
        const next = this.#readSize(bytes, at, end)
        if (next < 0) break
        at = next
      }
    }
    this.wireBytes += at - start
    return at
  }

  /** The missing bytes of the chunk under way have passed unseen. */
  skipMissing(): void {
    this.wireBytes += this.missing
    this.missing = 0
    this.#phase = SIZE_LINE
  }

  #readSize(bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = findByte(bytes, LF, start, end)
    if (lineEnd < 0) return -1
    let size = 0
    let digits = 0
    for (let at = start; at < lineEnd; at++, digits++) {
      const value = hexValue(bytes[at]!)
      if (value < 0) break
      size = size * 16 + value
    }
    if (digits === 0 || size > 0x7fffffff) {
      this.isBroken = true
      this.#phase = DONE
      return end
    }
    if (size === 0) this.#phase = AFTER_LAST
    else {
      this.#phase = DATA
      this.missing = size + 2
      this.contentBytes += size
    }
    return lineEnd + 1
  }

  /** Trailers up to the blank line as far as they are here; tshark awaits one byte after the last chunk, no more. */
  #skipTrailers(bytes: Uint8Array, start: number, end: number): number {
    this.#phase = DONE
    let at = start
    while (at < end) {
      const lineEnd = findByte(bytes, LF, at, end)
      if (lineEnd < 0) return end
      const isBlank = lineEnd === at || (lineEnd === at + 1 && bytes[at] === CR)
      at = lineEnd + 1
      if (isBlank) return at
    }
    return at
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
