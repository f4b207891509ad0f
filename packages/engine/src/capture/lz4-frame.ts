import { ByteWindow } from './byte-window.ts'
import type { OnData } from './compression.ts'
import { FramedDecompressor, isSkippableMagic } from './framed-decompressor.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { FRAME_MAGIC, LEGACY_MAGIC, type Lz4Frame, legacyFrame, readLz4Header } from './lz4-header.ts'
import { Xxh32 } from './xxh32.ts'

/** Reach of a match, which is what linked blocks need of the ones before. */
const HISTORY_BYTES = 64 << 10

/** LZ4 frames (LZ4 frame format 1.6): linked and independent blocks, all checksums verified; legacy and skippable frames, one after the other. */
export class Lz4Decompressor extends FramedDecompressor {
  /** A byte yields at most 255. */
  readonly sliceLength = 64 << 10
  #onData: OnData
  /** The frame being read; null between frames. */
  #frame: Lz4Frame | null = null
  #frameBytes = 0
  /** History of linked blocks up to `#historyLength`, then the block being decoded. */
  #output = new Uint8Array(0)
  #historyLength = 0

  constructor(onData: OnData) {
    super('lz4', new ByteWindow(256 << 10))
    this.#onData = onData
  }

  protected isInFrame(): boolean {
    return this.#frame !== null
  }

  protected needsMore(available: number): boolean {
    return this.#frame !== null && !(this.#frame.isLegacy && available === 0)
  }

  protected isFrameMagic(magic: number): boolean {
    return magic === FRAME_MAGIC || magic === LEGACY_MAGIC
  }

  protected beginFrame(input: ByteWindow, magic: number): boolean {
    if (magic === LEGACY_MAGIC) {
      input.start += 4
      return this.#enter(legacyFrame())
    }
    const frame = readLz4Header(input)
    if (frame === null) return false
    if ('refused' in frame) return this.refused(frame.refused)
    return 'damaged' in frame ? this.damaged(frame.damaged) : this.#enter(frame)
  }

  #enter(frame: Lz4Frame): true {
    this.#frame = frame
    this.#frameBytes = 0
    this.#historyLength = 0
    const needed = frame.maxBlockBytes + HISTORY_BYTES
    if (this.#output.length < needed) this.#output = new Uint8Array(needed)
    return true
  }

  protected readBlock(input: ByteWindow): boolean {
    const frame = this.#frame
    if (frame === null) return false
    return frame.isLegacy ? this.#readLegacyBlock(input, frame) : this.#readFramedBlock(input, frame)
  }

  #readFramedBlock(input: ByteWindow, frame: Lz4Frame): boolean {
    if (input.available < 4) return false
    const { view, start } = input
    const word = view.getUint32(start, true)
    if (word === 0) return this.#endFrame(input, frame)
    const size = word & 0x7fff_ffff
    if (size > frame.maxBlockBytes)
      return this.damaged(`a block claims ${size} bytes, more than ${frame.maxBlockBytes}`)
    const checksumLength = frame.hasBlockChecksums ? 4 : 0
    if (input.available < 4 + size + checksumLength) return false
    const blockStart = start + 4
    const blockEnd = blockStart + size
    if (frame.hasBlockChecksums) {
      const hash = new Xxh32()
      hash.update(input.bytes.subarray(blockStart, blockEnd))
      if (hash.digest() !== view.getUint32(blockEnd, true)) return this.damaged('a block checksum is wrong')
    }
    input.start = blockEnd + checksumLength
    const isStored = word >>> 31 === 1
    return this.#decode(input.bytes, blockStart, blockEnd, isStored, frame)
  }

  /** Legacy frames have no end mark: they end with the input or where another frame begins. */
  #readLegacyBlock(input: ByteWindow, frame: Lz4Frame): boolean {
    if (input.available < 4) return false
    const size = input.view.getUint32(input.start, true)
    if (this.isFrameMagic(size) || isSkippableMagic(size)) {
      this.#frame = null
      return true
    }
    if (size > frame.maxBlockBytes + (frame.maxBlockBytes >>> 7)) return this.damaged(`a block claims ${size} bytes`)
    if (input.available < 4 + size) return false
    const blockStart = input.start + 4
    input.start = blockStart + size
    return this.#decode(input.bytes, blockStart, blockStart + size, false, frame)
  }

  #decode(bytes: Uint8Array, start: number, end: number, isStored: boolean, frame: Lz4Frame): boolean {
    const from = this.#historyLength
    const room = this.#output.subarray(0, from + frame.maxBlockBytes)
    let to = from + end - start
    if (isStored) room.set(bytes.subarray(start, end), from)
    else to = decodeLz4Block(bytes, start, end, room, from)
    if (to < 0) return this.damaged('a block cannot be decoded')
    const plain = room.subarray(from, to)
    this.#frameBytes += plain.length
    frame.contentHash?.update(plain)
    this.#onData(plain)
    if (frame.areBlocksLinked) this.#keepHistory(to)
    if (frame.isLegacy) this.hasReadFrame = true
    return true
  }

  #keepHistory(end: number): void {
    const kept = Math.min(end, HISTORY_BYTES)
    this.#output.copyWithin(0, end - kept, end)
    this.#historyLength = kept
  }

  #endFrame(input: ByteWindow, frame: Lz4Frame): boolean {
    const length = frame.contentHash === null ? 4 : 8
    if (input.available < length) return false
    if (frame.contentHash !== null && frame.contentHash.digest() !== input.view.getUint32(input.start + 4, true)) {
      return this.damaged('the content checksum is wrong')
    }
    if (frame.contentBytes >= 0 && frame.contentBytes !== this.#frameBytes) {
      return this.damaged(`the frame holds ${this.#frameBytes} bytes but says ${frame.contentBytes}`)
    }
    input.start += length
    this.#frame = null
    this.hasReadFrame = true
    return true
  }
}
