import { Decompress } from 'fzstd'
import { EngineError } from '../errors.ts'
import { ByteWindow } from './byte-window.ts'
import type { Decompressor, OnData } from './compression.ts'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 << 10
/** What the zstd program allows without being asked for more. */
const MAX_WINDOW_BYTES = 128 << 20
const MAX_FRAME_HEADER = 18

const BLOCK_RLE = 1

/**
 * Zstandard (RFC 8878): frames and skippable frames, one after the other.
 *
 * The frames and blocks are walked here and `fzstd` gets one block at a time, because it would take windows of 2 GB and blocks beyond
 * the format's 128 KiB from a hostile file. Checksums are not verified.
 */
export class ZstdDecompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  /** A block of 4 bytes may yield 128 KiB. */
  readonly sliceLength = 1 << 10
  #input = new ByteWindow(MAX_BLOCK_BYTES * 2)
  #onData: OnData
  /** The frame being read; null between frames. */
  #frame: Decompress | null = null
  #hasChecksum = false
  #skipLeft = 0
  #hasReadFrame = false
  #isInTrailer = false

  constructor(onData: OnData) {
    this.#onData = onData
  }

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    const input = this.#input
    input.append(chunk)
    try {
      while (this.problem === null && this.#step(input));
    } catch (error) {
      if (error instanceof EngineError) throw error
      this.problem = `the zstd data are damaged: ${(error as Error).message}`
    }
    if (last && this.problem === null) this.#finish(input)
  }

  #finish(input: ByteWindow): void {
    const isInside = this.#frame !== null || this.#skipLeft > 0
    if (isInside || !this.#hasReadFrame) {
      this.problem = 'the zstd data end too early'
      this.endedEarly = true
    } else {
      this.trailingBytes += input.available
    }
  }

  /** Reads one header, block or part of a skippable frame; false when more bytes are needed. */
  #step(input: ByteWindow): boolean {
    if (this.#isInTrailer) {
      this.trailingBytes += input.available
      input.start = input.end
      return false
    }
    if (this.#skipLeft > 0) {
      const skipped = Math.min(this.#skipLeft, input.available)
      input.start += skipped
      this.#skipLeft -= skipped
      return skipped > 0
    }
    return this.#frame === null ? this.#beginFrame(input) : this.#readBlock(input, this.#frame)
  }

  #beginFrame(input: ByteWindow): boolean {
    if (input.available < 8) return false
    const { view, start } = input
    const magic = view.getUint32(start, true)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      this.#skipLeft = 8 + view.getUint32(start + 4, true)
      return true
    }
    if (magic !== FRAME_MAGIC) {
      this.#isInTrailer = this.#hasReadFrame
      return this.#isInTrailer || this.#refuse('what follows a skippable frame is none')
    }
    const descriptor = view.getUint8(start + 4)
    const headerLength = frameHeaderLength(descriptor)
    if (input.available < headerLength) return false
    if ((descriptor & 3) !== 0) return this.#refuse('they need a dictionary')
    const windowBytes = frameWindow(view, start, descriptor)
    if (windowBytes > MAX_WINDOW_BYTES) {
      return this.#refuse(`they need a window of ${windowBytes} bytes, more than ${MAX_WINDOW_BYTES}`)
    }
    this.#hasChecksum = (descriptor & 4) !== 0
    this.#frame = new Decompress((bytes) => {
      if (bytes.length > 0) this.#onData(bytes)
    })
    const header = input.bytes.slice(start, start + headerLength)
    // The checksum is passed over here, so fzstd is told that there is none.
    header[4] &= ~4
    this.#frame.push(header)
    input.start += headerLength
    return true
  }

  #readBlock(input: ByteWindow, frame: Decompress): boolean {
    if (input.available < 3) return false
    const { bytes, start } = input
    const header = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16)
    const isLast = (header & 1) !== 0
    const size = header >>> 3
    if (size > MAX_BLOCK_BYTES) return this.#refuse(`a block claims ${size} bytes, more than ${MAX_BLOCK_BYTES}`)
    const contentLength = ((header >>> 1) & 3) === BLOCK_RLE ? 1 : size
    const blockLength = 3 + contentLength
    const checksumLength = isLast && this.#hasChecksum ? 4 : 0
    if (input.available < blockLength + checksumLength) return false
    input.start += blockLength + checksumLength
    if (isLast) {
      this.#frame = null
      this.#hasReadFrame = true
    }
    // fzstd keeps what it cannot use yet, so it gets a copy.
    frame.push(bytes.slice(start, start + blockLength), isLast)
    return true
  }

  #refuse(reason: string): false {
    this.problem = `the zstd data cannot be read: ${reason}`
    return false
  }
}

function frameHeaderLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >>> 6
  const sizeLength = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3]
  return Math.min(MAX_FRAME_HEADER, 5 + (isSingleSegment ? 0 : 1) + dictionaryLength + sizeLength)
}

/** Bytes of history that a frame without dictionary needs (RFC 8878 §3.1.1.1.2). */
function frameWindow(view: DataView, start: number, descriptor: number): number {
  if ((descriptor & 0x20) === 0) {
    const window = view.getUint8(start + 5)
    const base = 2 ** (10 + (window >>> 3))
    return base + (base / 8) * (window & 7)
  }
  const at = start + 5
  switch (descriptor >>> 6) {
    case 0:
      return view.getUint8(at)
    case 1:
      return view.getUint16(at, true) + 256
    case 2:
      return view.getUint32(at, true)
    default:
      return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000
  }
}
