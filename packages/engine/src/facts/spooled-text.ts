import type { Spool } from './spool.ts'

const OPEN = Uint8Array.of(91)
const CLOSE = Uint8Array.of(93)

/** A JSON array whose text comes in pieces, kept in the spool until it is printed. */
export class SpooledText {
  private readonly tickets: number[] = []
  private readonly spool: Spool

  constructor(spool: Spool) {
    this.spool = spool
  }

  take(piece: Uint8Array): void {
    this.tickets.push(this.spool.write(piece))
  }

  /** Hands the text to `write`, piece by piece. */
  output(write: (piece: Uint8Array) => void): void {
    write(OPEN)
    for (const ticket of this.tickets) write(this.spool.read(ticket))
    write(CLOSE)
  }
}
