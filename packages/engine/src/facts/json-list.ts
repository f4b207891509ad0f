import type { Spool } from './spool.ts'

const encoder = new TextEncoder()
const FIRST_BYTES = 256
const PIECE_BYTES = 1 << 15
/** Room for one number, or for the brackets and commas of one row. */
const MARGIN = 32
const COMMA = 44
const MINUS = 45
const ZERO = 48
const OPEN = 91
const CLOSE = 93

/**
 * A JSON array that is written as its elements are found: digits go straight into a small buffer, full buffers into the spool.
 * Memory is the buffer, however long the list becomes.
 */
export class JsonList {
  /** Elements so far. */
  length = 0
  private bytes = new Uint8Array(FIRST_BYTES)
  private used = 0
  private needsComma = false
  private readonly tickets: number[] = []
  private readonly spool: Spool

  constructor(spool: Spool) {
    this.spool = spool
  }

  /** Adds an element that is one integer. */
  addNumber(value: number): void {
    this.length++
    this.number(value)
  }

  /** Begins an element that is an array; its items follow, then {@link endRow}. */
  beginRow(): void {
    this.length++
    this.separate()
    this.bytes[this.used++] = OPEN
    this.needsComma = false
  }

  endRow(): void {
    this.reserve(MARGIN)
    this.bytes[this.used++] = CLOSE
    this.needsComma = true
  }

  /** One integer. */
  number(value: number): void {
    this.separate()
    if (value >= 0 && value < 0x7fffffff) {
      this.digits(value | 0)
    } else if (Number.isSafeInteger(value) && Math.abs(value) < 1e18) {
      if (value < 0) this.bytes[this.used++] = MINUS
      const high = Math.floor(Math.abs(value) / 1e9)
      this.digitsOfLarge(high, Math.abs(value) - high * 1e9)
    } else {
      this.ascii(Number.isFinite(value) ? value.toFixed(0) : 'null')
    }
  }

  /** Any other value, as JSON. */
  value(value: string | number | boolean | null | readonly unknown[]): void {
    if (typeof value === 'number') {
      this.number(value)
      return
    }
    this.separate()
    const text = JSON.stringify(value)
    // UTF-8 takes at most three bytes for each UTF-16 code unit
    this.reserve(text.length * 3 + MARGIN)
    this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written
  }

  /** Hands the list's JSON text to `write`, piece by piece. */
  output(write: (piece: Uint8Array) => void): void {
    write(new Uint8Array([OPEN]))
    for (const ticket of this.tickets) write(this.spool.read(ticket))
    write(this.bytes.slice(0, this.used))
    write(new Uint8Array([CLOSE]))
  }

  private separate(): void {
    this.reserve(MARGIN)
    if (this.needsComma) this.bytes[this.used++] = COMMA
    this.needsComma = true
  }

  private reserve(length: number): void {
    if (this.used + length <= this.bytes.length) return
    if (this.bytes.length >= PIECE_BYTES) {
      this.tickets.push(this.spool.write(this.bytes.subarray(0, this.used)))
      this.used = 0
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
    let length = 1
    for (let power = 10; power <= value; power *= 10) length++
    let rest = value
    for (let i = this.used + length - 1; i >= this.used; i--) {
      const tenth = (rest / 10) | 0
      this.bytes[i] = ZERO + rest - tenth * 10
      rest = tenth
    }
    this.used += length
  }

  private digitsOfLarge(high: number, low: number): void {
    if (high > 0) {
      this.digits(high)
      const start = this.used
      let rest = low
      for (let i = start + 8; i >= start; i--) {
        const tenth = Math.floor(rest / 10)
        this.bytes[i] = ZERO + rest - tenth * 10
        rest = tenth
      }
      this.used += 9
    } else {
      this.digits(low)
    }
  }
}
