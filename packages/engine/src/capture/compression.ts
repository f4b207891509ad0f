import { EngineError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { GzipDecompressor } from './gzip.ts'
import { Lz4Decompressor } from './lz4-frame.ts'
import { ZstdDecompressor } from './zstd.ts'

/** Compressions that a capture may come in. */
export type CompressionName = 'gzip' | 'zstd' | 'lz4'

/** Receives decompressed bytes, which are *borrowed*: they may be overwritten when it returns. */
export type OnData = (bytes: Uint8Array) => void

/**
 * Turns compressed bytes into plain ones, synchronously, in Node and in browsers alike.
 *
 * Corrupt data never throw: what was decoded before was delivered, `problem` says why no more comes, and further pushes are ignored.
 */
export interface Decompressor {
  /** Why decompression stopped, in one line without final stop; null while all is well. */
  readonly problem: string | null
  /** True if the problem is that the compressed data end too early. */
  readonly endedEarly: boolean
  /** Bytes behind the compressed data that are none of it (padding) and were ignored. */
  readonly trailingBytes: number
  /** Compressed bytes that may be pushed at once so that what they yield stays below some 32 MiB. */
  readonly sliceLength: number
  /** Takes the next compressed bytes, which may be overwritten when it returns; `last` is true with the final ones, which may be none. */
  push(chunk: Uint8Array, last: boolean): void
}

/** Output up to which no ratio is judged: small files of zeros are no bombs. */
const RATIO_FREE_BYTES = 16 << 20

/** Tells the compression by the first four bytes; null when it is none of ours. */
export function detectCompression(bytes: Uint8Array): CompressionName | null {
  if (bytes.length < 4) return null
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip'
  const magic = (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0
  if (magic === 0xfd2fb528) return 'zstd'
  if (magic === 0x184d2204 || magic === 0x184c2102) return 'lz4'
  return null
}

/** A decompressor that stops with an error when the input yields more than the limits allow.
 * @throws {EngineError} DECOMPRESSION_LIMIT from `push`. */
export function newDecompressor(name: CompressionName, onData: OnData, limits: Limits): Decompressor {
  let compressedBytes = 0
  let plainBytes = 0
  const count: OnData = (bytes) => {
    plainBytes += bytes.length
    checkLimits(name, compressedBytes, plainBytes, limits)
    onData(bytes)
  }
  const decompressor = decompressorOf(name, count)
  const push = decompressor.push.bind(decompressor)
  decompressor.push = (chunk, last) => {
    compressedBytes += chunk.length
    push(chunk, last)
  }
  return decompressor
}

function decompressorOf(name: CompressionName, onData: OnData): Decompressor {
  switch (name) {
    case 'gzip':
      return new GzipDecompressor(onData)
    case 'zstd':
      return new ZstdDecompressor(onData)
    case 'lz4':
      return new Lz4Decompressor(onData)
  }
}

function checkLimits(name: CompressionName, compressedBytes: number, plainBytes: number, limits: Limits): void {
  if (plainBytes > limits.maxDecompressedBytes) {
    throw new EngineError(
      'DECOMPRESSION_LIMIT',
      `the ${name} input yields more than ${limits.maxDecompressedBytes} bytes`,
      {
        hint: 'if the capture is trusted, raise the limit maxDecompressedBytes or unpack it first',
      },
    )
  }
  if (plainBytes > RATIO_FREE_BYTES && plainBytes > compressedBytes * limits.maxDecompressionRatio) {
    const ratio = `more than ${limits.maxDecompressionRatio} times its size`
    throw new EngineError('DECOMPRESSION_LIMIT', `the ${name} input yields ${ratio}, as a decompression bomb does`, {
      hint: 'if the capture is trusted, raise the limit maxDecompressionRatio or unpack it first',
    })
  }
}
