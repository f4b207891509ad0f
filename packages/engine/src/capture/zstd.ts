import { Decompress } from 'fzstd'
import { EngineError } from '../errors.ts'
import { ByteWindow } from './byte-window.ts'
import type { OnData } from './compression.ts'
import { FramedDecompressor } from './framed-decompressor.ts'
import { frameHeaderLength, frameWindow } from './zstd-header.ts'

const FRAME_MAGIC = 0xfd2fb528
const MAX_BLOCK_BYTES = 128 << 10
/** What the zstd program allows without being asked for more. */
const MAX_WINDOW_BYTES = 128 << 20

const BLOCK_RLE = 1

/**
 * Zstandard (RFC 8878): frames and skippable frames, one after the other.
 *
 * The frames and blocks are walked here and `fzstd` gets one block at a time, because it would take windows of 2 GB and blocks beyond
 * the format's 128 KiB from a hostile file. Checksums are not verified.
 */
export class ZstdDecompressor extends FramedDecompressor {
  /** A block of 4 bytes may yield 128 KiB. */
  readonly sliceLength = 1 << 10
  #onData: OnData
  /** The frame being read; null between frames. */
  #frame: Decompress | null = null
  #hasChecksum = false

  constructor(onData: OnData) {
    super('zstd', new ByteWindow(MAX_BLOCK_BYTES * 2))
    this.#onData = onData
  }

  protected isInFrame(): boolean {
    return this.#frame !== null
  }

  protected needsMore(): boolean {
    return this.isInFrame()
  }

  protected isFrameMagic(magic: number): boolean {
    return magic === FRAME_MAGIC
  }

  protected beginFrame(input: ByteWindow): boolean {
    if (input.available < 8) return false
    const { view, start } = input
    const descriptor = view.getUint8(start + 4)
    const headerLength = frameHeaderLength(descriptor)
    if (input.available < headerLength) return false
    if ((descriptor & 3) !== 0) return this.refused('they need a dictionary')
    const windowBytes = frameWindow(view, start, descriptor)
    if (windowBytes > MAX_WINDOW_BYTES) {
      return this.refused(`they need a window of ${windowBytes} bytes, more than ${MAX_WINDOW_BYTES}`)
    }
    this.#hasChecksum = (descriptor & 4) !== 0
    this.#frame = new Decompress((bytes) => {
      if (bytes.length > 0) this.#onData(bytes)
    })
    const header = input.bytes.slice(start, start + headerLength)
    // The checksum is passed over here, so fzstd is told that there is none.
    header[4] &= ~4
    input.start += headerLength
    return this.#decode(this.#frame, header, false)
  }

  protected readBlock(input: ByteWindow): boolean {
    const frame = this.#frame
    if (frame === null) return false
    if (input.available < 3) return false
    const { bytes, start } = input
    const header = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16)
    const isLast = (header & 1) !== 0
    const size = header >>> 3
    if (size > MAX_BLOCK_BYTES) return this.refused(`a block claims ${size} bytes, more than ${MAX_BLOCK_BYTES}`)
    const contentLength = ((header >>> 1) & 3) === BLOCK_RLE ? 1 : size
    const blockLength = 3 + contentLength
    const checksumLength = isLast && this.#hasChecksum ? 4 : 0
    if (input.available < blockLength + checksumLength) return false
    input.start += blockLength + checksumLength
    if (isLast) {
      this.#frame = null
      this.hasReadFrame = true
    }
    // fzstd keeps what it cannot use yet, so it gets a copy.
    return this.#decode(frame, bytes.slice(start, start + blockLength), isLast)
  }

  #decode(frame: Decompress, bytes: Uint8Array, isLast: boolean): boolean {
    try {
      frame.push(bytes, isLast)
      return true
    } catch (error) {
      if (error instanceof EngineError) throw error
      return this.damaged((error as Error).message)
    }
  }
}
