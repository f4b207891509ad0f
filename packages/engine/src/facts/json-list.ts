import { JsonBytes, type JsonValue } from './json-bytes.ts'
import type { Spool } from './spool.ts'

const OPEN = Uint8Array.of(91)
const CLOSE = Uint8Array.of(93)

/**
 * A JSON array that is written as its elements are found: digits go straight into a small buffer, full buffers into the spool.
 * Memory is the buffer, however long the list becomes.
 */
export class JsonList {
  private readonly bytes: JsonBytes
  private readonly tickets: number[] = []
  private readonly spool: Spool

  constructor(spool: Spool) {
    this.spool = spool
    this.bytes = new JsonBytes((piece) => this.tickets.push(spool.write(piece)))
  }

  /** Begins an element that is an array; its items follow, then {@link endRow}. */
  beginRow(): void {
    this.bytes.beginRow()
  }

  endRow(): void {
    this.bytes.endRow()
  }

  /** One integer: an element, or an item of the row that was begun. */
  number(value: number): void {
    this.bytes.number(value)
  }

  value(value: JsonValue): void {
    this.bytes.value(value)
  }

  /** Hands the list's JSON text to `write`, piece by piece. */
  output(write: (piece: Uint8Array) => void): void {
    write(OPEN)
    for (const ticket of this.tickets) write(this.spool.read(ticket))
    write(this.bytes.rest)
    write(CLOSE)
  }
}
