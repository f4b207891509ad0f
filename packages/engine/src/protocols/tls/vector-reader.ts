import { displayText } from '../display-text.ts'

/**
 * Reads the nested vectors of TLS messages (RFC 8446 §3.4) without ever leaving `[position, end)`.
 * A read that does not fit sets `hasEnded`, returns 0 and moves nothing, so a parser can go on to its end without checks.
 */
export class VectorReader {
  readonly bytes: Uint8Array
  position: number
  readonly end: number
  /** True once something was asked for that is not there. */
  hasEnded = false

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.position = start
    this.end = Math.min(end, bytes.length)
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Big-endian unsigned integer of 1 to 3 bytes. */
  integer(length: 1 | 2 | 3): number {
    if (!this.has(length)) return 0
    let value = 0
    for (let i = 0; i < length; i++) value = (value << 8) | this.bytes[this.position++]
    return value
  }

  skip(length: number): void {
    if (this.has(length)) this.position += length
  }

  /**
   * Steps over a vector with a length in front and gives a reader for what is inside.
   * When the vector claims more than there is, the inner reader holds what is left and this reader has ended.
   */
  vector(lengthBytes: 1 | 2 | 3): VectorReader {
    const length = this.integer(lengthBytes)
    const start = this.position
    const isWhole = !this.hasEnded && this.remaining >= length
    if (!isWhole) this.hasEnded = true
    this.position = isWhole ? start + length : this.end
    return new VectorReader(this.bytes, start, this.position)
  }

  /** The rest as text, one character a byte, so that no byte is lost. */
  text(): string {
    const start = this.position
    this.position = this.end
    return byteText(this.bytes, start, this.end)
  }

  private has(length: number): boolean {
    if (this.hasEnded || this.remaining < length) {
      this.hasEnded = true
      return false
    }
    return true
  }
}

/** Bytes as text, one character a byte, so that none is lost. */
export function byteText(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) if (bytes[at] < 0x20 || bytes[at] > 0x7e) return makeByteText(bytes, start, end)
  return displayText(bytes, start, end)
}

function makeByteText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at])
  return text
}
