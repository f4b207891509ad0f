import { FlateErrorCode, Gunzip } from 'fflate'
import { EngineError } from '../errors.ts'
import type { Decompressor, OnData } from './compression.ts'
import { crc32 } from './crc32.ts'

const MAGIC = 0x1f
const EMPTY_HEADER = [MAGIC, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
const WRONG_CHECKSUM = 'the gzip data are damaged: a checksum is wrong'
const TRAILER_LENGTH = 8
/** Raw bytes that are remembered to find a member's trailer once the header behind it was read. */
const REMEMBERED_BYTES = 4096

/** gzip (RFC 1952) with any number of members, whose checksums are verified; what follows the last one is counted and ignored. */
export class GzipDecompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  /** Deflate yields at most 1032 times its size. */
  readonly sliceLength = 16 << 10
  #gunzip: Gunzip
  #isInTrailer = false
  #isProbing = false
  /** True once the header that was put behind the input was taken for one. */
  #isProbed = false
  #rawBytes = 0
  /** The last raw bytes. */
  #remembered = new Uint8Array(0)
  #memberCrc = 0
  #memberBytes = 0

  constructor(onData: OnData) {
    this.#gunzip = new Gunzip((bytes) => {
      if (bytes.length === 0 || this.#isProbing) return
      this.#memberCrc = crc32(bytes, this.#memberCrc)
      this.#memberBytes = (this.#memberBytes + bytes.length) % 2 ** 32
      onData(bytes)
    })
    this.#gunzip.onmember = (offset) => this.#endMember(offset)
  }

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    if (this.#isInTrailer) {
      this.trailingBytes += chunk.length
      return
    }
    try {
      // fflate may keep what it is given.
      if (chunk.length > 0) this.#gunzip.push(this.#remember(chunk))
      if (last) this.#finish()
    } catch (error) {
      if (error instanceof EngineError) throw error
      this.#stop(error)
    }
  }

  /** Puts one more member header behind the input: only where a member is complete does fflate take it for one. */
  #finish(): void {
    this.#isProbing = true
    try {
      this.#gunzip.push(Uint8Array.from(EMPTY_HEADER))
    } catch (error) {
      if (isNoMember(error)) this.#endLastMember()
      // A header that is cut short goes unnoticed.
      if (this.problem === null && this.#remembered.at(-this.trailingBytes) === MAGIC) this.#endEarly()
    }
    if (this.problem === null && !this.#isProbed && this.trailingBytes === 0) this.#endEarly()
  }

  #endEarly(): void {
    this.trailingBytes = 0
    this.problem = 'the gzip data end too early'
    this.endedEarly = true
  }

  /** Looks for the trailer of the last member: what is behind it is no member. */
  #endLastMember(): void {
    const trailer = this.#trailer()
    const raw = this.#remembered
    for (let at = raw.length - TRAILER_LENGTH; at >= 0; at--) {
      if (!startsWith(raw, at, trailer, TRAILER_LENGTH)) continue
      this.trailingBytes = raw.length - TRAILER_LENGTH - at
      return
    }
    if (this.#isProbing) this.#endEarly()
    else this.problem = WRONG_CHECKSUM
  }

  /** Compares a member that is complete with its trailer, which ends at the offset where the next member begins. */
  #endMember(offset: number): void {
    const at = this.#remembered.length - (this.#rawBytes - offset) - TRAILER_LENGTH
    if (at >= 0 && !startsWith(this.#remembered, at, this.#trailer(), TRAILER_LENGTH)) this.problem ??= WRONG_CHECKSUM
    this.#memberCrc = 0
    this.#memberBytes = 0
    if (!this.#isProbing) return
    this.#isProbed = true
    if (offset < this.#rawBytes) this.#endEarly()
  }

  /** The trailer that the member should have: checksum and length (RFC 1952 §2.3.1). */
  #trailer(): Uint8Array {
    const trailer = new DataView(new ArrayBuffer(TRAILER_LENGTH))
    trailer.setUint32(0, this.#memberCrc, true)
    trailer.setUint32(4, this.#memberBytes, true)
    return new Uint8Array(trailer.buffer)
  }

  /** Returns the chunk as it is remembered. */
  #remember(chunk: Uint8Array): Uint8Array {
    this.#rawBytes += chunk.length
    const kept = this.#remembered.subarray(-REMEMBERED_BYTES)
    const remembered = new Uint8Array(kept.length + chunk.length)
    remembered.set(kept)
    remembered.set(chunk, kept.length)
    this.#remembered = remembered
    return remembered.subarray(kept.length)
  }

  #stop(error: unknown): void {
    if (isNoMember(error)) {
      this.#isInTrailer = true
      this.#endLastMember()
    } else {
      this.problem = `the gzip data are damaged: ${(error as Error).message}`
    }
  }
}

/** True if what follows a complete member is none: the first header was seen before this decompressor was chosen. */
function isNoMember(error: unknown): boolean {
  return (error as { code?: number }).code === FlateErrorCode.InvalidHeader
}

function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array, length: number): boolean {
  if (at < 0) return false
  for (let i = 0; i < length; i++) {
    if (bytes[at + i] !== expected[i]) return false
  }
  return true
}
