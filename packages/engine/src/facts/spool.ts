/** Where lists that grow with the capture are kept until they are printed. */
export interface Spool {
  /** Keeps a copy of `bytes` and returns a ticket for it. */
  write(bytes: Uint8Array): number
  read(ticket: number): Uint8Array
  close(): void
}

/** Keeps everything in memory; for small captures and for the browser, where there is nowhere else. */
export class MemorySpool implements Spool {
  private readonly pieces: Uint8Array[] = []

  write(bytes: Uint8Array): number {
    return this.pieces.push(bytes.slice()) - 1
  }

  read(ticket: number): Uint8Array {
    return this.pieces[ticket]
  }

  close(): void {
    this.pieces.length = 0
  }
}
