import { FlateErrorCode, Gunzip } from 'fflate'
import { EngineError } from '../errors.ts'
import type { Decompressor, OnData } from './compression.ts'

/** gzip (RFC 1952) with any number of members; what follows the last member is counted and ignored. */
export class GzipDecompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  /** Deflate yields at most 1032 times its size. */
  readonly sliceLength = 16 << 10
  #gunzip: Gunzip
  #isInTrailer = false

  constructor(onData: OnData) {
    this.#gunzip = new Gunzip((bytes) => {
      if (bytes.length > 0) onData(bytes)
    })
  }

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    if (this.#isInTrailer) {
      this.trailingBytes += chunk.length
      return
    }
    try {
      if (chunk.length > 0) this.#gunzip.push(chunk)
      if (last) this.#gunzip.push(new Uint8Array(0), true)
    } catch (error) {
      if (error instanceof EngineError) throw error
      this.#stop(error, chunk.length, last)
    }
  }

  #stop(error: unknown, chunkLength: number, last: boolean): void {
    const code = (error as { code?: number }).code
    if (code === FlateErrorCode.InvalidHeader) {
      // The first header was seen before this was chosen, so a complete member is behind and this is no further one.
      this.#isInTrailer = true
      this.trailingBytes = chunkLength
      return
    }
    this.endedEarly = last && code === FlateErrorCode.UnexpectedEOF
    this.problem = this.endedEarly
      ? 'the gzip data end too early'
      : `the gzip data are damaged: ${(error as Error).message}`
  }
}
