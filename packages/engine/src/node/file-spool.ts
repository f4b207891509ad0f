import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spool } from '../facts/spool.ts'

/** Keeps pieces in one temporary file that has no name any more, so that it vanishes with the process. Made at the first piece. */
export class FileSpool implements Spool {
  private descriptor = -1
  private size = 0
  private readonly offsets: number[] = []

  write(bytes: Uint8Array): number {
    if (this.descriptor < 0) this.open()
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.descriptor, bytes, written, bytes.length - written, this.size + written)
    }
    this.offsets.push(this.size)
    this.size += bytes.length
    return this.offsets.length - 1
  }

  read(ticket: number): Uint8Array {
    const end = this.offsets[ticket + 1] ?? this.size
    const bytes = new Uint8Array(end - this.offsets[ticket])
    for (let done = 0; done < bytes.length; ) {
      const length = readSync(this.descriptor, bytes, done, bytes.length - done, this.offsets[ticket] + done)
      if (length === 0) throw new Error('the temporary file was cut short')
      done += length
    }
    return bytes
  }

  close(): void {
    if (this.descriptor >= 0) closeSync(this.descriptor)
    this.descriptor = -1
  }

  private open(): void {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-analyzer-'))
    this.descriptor = openSync(join(folder, 'facts'), 'wx+', 0o600)
    rmSync(folder, { recursive: true })
  }
}
