import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spool } from '../facts/spool.ts'

const MOST_BYTES_IN_MEMORY = 16 << 20

/**
 * Keeps the first 16 MiB in memory and the rest in one temporary file, which has no name any more, so that it vanishes with the process.
 * Tickets below those of the file are positions in memory.
 */
export class FileSpool implements Spool {
  private readonly memory: Uint8Array[] = []
  private bytesInMemory = 0
  private descriptor = -1
  private size = 0
  private readonly offsets: number[] = []

  write(bytes: Uint8Array): number {
    if (this.descriptor < 0 && this.bytesInMemory + bytes.length <= MOST_BYTES_IN_MEMORY) {
      this.bytesInMemory += bytes.length
      return this.memory.push(bytes.slice()) - 1
    }
    if (this.descriptor < 0) this.open()
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.descriptor, bytes, written, bytes.length - written, this.size + written)
    }
    this.offsets.push(this.size)
    this.size += bytes.length
    return this.memory.length + this.offsets.length - 1
  }

  read(ticket: number): Uint8Array {
    if (ticket < this.memory.length) return this.memory[ticket]
    const place = ticket - this.memory.length
    const end = this.offsets[place + 1] ?? this.size
    const bytes = new Uint8Array(end - this.offsets[place])
    for (let done = 0; done < bytes.length; ) {
      const length = readSync(this.descriptor, bytes, done, bytes.length - done, this.offsets[place] + done)
      if (length === 0) throw new Error('the temporary file was cut short')
      done += length
    }
    return bytes
  }

  close(): void {
    this.memory.length = 0
    if (this.descriptor >= 0) closeSync(this.descriptor)
    this.descriptor = -1
  }

  private open(): void {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-analyzer-'))
    this.descriptor = openSync(join(folder, 'facts'), 'wx+', 0o600)
    rmSync(folder, { recursive: true })
  }
}
