const encoder = new TextEncoder()
const FIRST_BYTES = 256
const PIECE_BYTES = 1 << 15
/** Room for one number, or for the brackets and commas of one row. */
const MARGIN = 32
const QUOTE = 34
const COMMA = 44
const MINUS = 45
const ZERO = 48
const OPEN = 91
const BACKSLASH = 92
const CLOSE = 93

export type JsonValue = string | number | boolean | null | readonly unknown[] | object

/** JSON text as bytes in a small buffer; full buffers are handed to `flush`, which must copy what it keeps. */
export class JsonBytes {
  private bytes = new Uint8Array(FIRST_BYTES)
  private used = 0
  private needsComma = false
  private readonly flush: (piece: Uint8Array) => void

  constructor(flush: (piece: Uint8Array) => void) {
    this.flush = flush
  }

  /** What has not been flushed yet; borrowed. */
  get rest(): Uint8Array {
    return this.bytes.subarray(0, this.used)
  }

  /** Hands over what is left. */
  end(): void {
    if (this.used > 0) this.flush(this.rest)
    this.used = 0
  }

  beginRow(): void {
    this.separate()
    this.bytes[this.used++] = OPEN
    this.needsComma = false
  }

  endRow(): void {
    this.reserve(MARGIN)
    this.bytes[this.used++] = CLOSE
    this.needsComma = true
  }

  /** Text that is JSON syntax already: braces, names with their colon. What follows it needs no comma if `isOpening`. */
  syntax(text: string, isOpening: boolean): void {
    this.reserve(text.length + MARGIN)
    for (let i = 0; i < text.length; i++) this.bytes[this.used++] = text.charCodeAt(i)
    this.needsComma = !isOpening
  }

  /** One integer; others become null. */
  number(value: number): void {
    this.separate()
    if (value >= 0 && value < 0x7fffffff) {
      this.digits(value | 0)
    } else if (Number.isSafeInteger(value)) {
      if (value < 0) this.bytes[this.used++] = MINUS
      const high = Math.floor(Math.abs(value) / 1e9)
      this.digitsOfLarge(high, Math.abs(value) - high * 1e9)
    } else {
      this.ascii(Number.isFinite(value) ? value.toFixed(0) : 'null')
    }
  }

  /** Any value, as JSON.stringify would write it. */
  value(value: JsonValue): void {
    if (typeof value === 'number' && Number.isSafeInteger(value)) {
      this.number(value)
      return
    }
    this.separate()
    if (value === null) this.ascii('null')
    else if (typeof value !== 'string' || !this.plainString(value)) this.text(JSON.stringify(value))
  }

  /** A comma, if the value before needs one. */
  separate(): void {
    this.reserve(MARGIN)
    if (this.needsComma) this.bytes[this.used++] = COMMA
    this.needsComma = true
  }

  /** Writes a string that needs no escapes, as most do; false when this one does, and nothing was written. */
  private plainString(value: string): boolean {
    const { length } = value
    this.reserve(length + MARGIN)
    const { bytes } = this
    let at = this.used
    bytes[at++] = QUOTE
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false
      bytes[at++] = code
    }
    bytes[at++] = QUOTE
    this.used = at
    return true
  }

  private text(text: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 code unit
    this.reserve(text.length * 3 + MARGIN)
    this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written
  }

  private reserve(length: number): void {
    if (this.used + length <= this.bytes.length) return
    if (this.bytes.length >= PIECE_BYTES) {
      this.end()
      if (length <= this.bytes.length) return
    }
    const grown = new Uint8Array(Math.max(Math.min(this.bytes.length * 4, PIECE_BYTES), this.used + length))
    grown.set(this.bytes.subarray(0, this.used))
    this.bytes = grown
  }

  private ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.used++] = text.charCodeAt(i)
  }

  private digits(value: number): void {
    const { bytes, used } = this
    const length = digitCount(value)
    let rest = value
    for (let i = used + length - 1; i >= used; i--) {
      const tenth = (rest / 10) | 0
      bytes[i] = ZERO + rest - tenth * 10
      rest = tenth
    }
    this.used = used + length
  }

  /** A number of more than 31 bits, as what stands above 10^9 and the rest. */
  private digitsOfLarge(high: number, low: number): void {
    if (high === 0) {
      this.digits(low)
      return
    }
    this.digits(high)
    const { bytes, used } = this
    let rest = low | 0
    for (let i = used + 8; i >= used; i--) {
      const tenth = (rest / 10) | 0
      bytes[i] = ZERO + rest - tenth * 10
      rest = tenth
    }
    this.used = used + 9
  }
}

function digitCount(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
  if (value < 1_000_000) return value < 100_000 ? 5 : 6
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8
  return value < 1_000_000_000 ? 9 : 10
}
