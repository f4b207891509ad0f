import { ByteWindow } from './byte-window.ts'
import type { Decompressor, OnData } from './compression.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { Xxh32 } from './xxh32.ts'

const FRAME_MAGIC = 0x184d2204
const LEGACY_MAGIC = 0x184c2102
const SKIPPABLE_MAGIC = 0x184d2a50

/** Reach of a match, which is what linked blocks need of the ones before. */
const HISTORY_BYTES = 64 << 10
const LEGACY_BLOCK_BYTES = 8 << 20

interface Frame {
  isLegacy: boolean
  areBlocksLinked: boolean
  hasBlockChecksums: boolean
  maxBlockBytes: number
  /** Bytes the frame says it holds; -1 when it does not. */
  contentBytes: number
  /** Null when the frame has no content checksum. */
  contentHash: Xxh32 | null
}

/** LZ4 frames (LZ4 frame format 1.6): linked and independent blocks, all checksums verified; legacy and skippable frames, one after the other. */
export class Lz4Decompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  /** A byte yields at most 255. */
  readonly sliceLength = 64 << 10
  #input = new ByteWindow(256 << 10)
  #onData: OnData
  /** The frame being read; null between frames. */
  #frame: Frame | null = null
  #frameBytes = 0
  #skipLeft = 0
  /** History of linked blocks up to `#historyLength`, then the block being decoded. */
  #output = new Uint8Array(0)
  #historyLength = 0
  #hasReadFrame = false
  #isInTrailer = false

  constructor(onData: OnData) {
    this.#onData = onData
  }

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    const input = this.#input
    input.append(chunk)
    while (this.problem === null && this.#step(input));
    if (last && this.problem === null) this.#finish(input)
  }

  #finish(input: ByteWindow): void {
    const isInside = this.#frame !== null && !(this.#frame.isLegacy && input.available === 0)
    if (isInside || this.#skipLeft > 0 || !this.#hasReadFrame) {
      this.problem = 'the lz4 data end too early'
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
    if (this.#frame === null) return this.#beginFrame(input)
    return this.#frame.isLegacy ? this.#readLegacyBlock(input, this.#frame) : this.#readBlock(input, this.#frame)
  }

  #beginFrame(input: ByteWindow): boolean {
    if (input.available < 4) return false
    const { view, start } = input
    const magic = view.getUint32(start, true)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      if (input.available < 8) return false
      this.#skipLeft = 8 + view.getUint32(start + 4, true)
      return true
    }
    if (magic === LEGACY_MAGIC) {
      input.start += 4
      return this.#enter({
        isLegacy: true,
        areBlocksLinked: false,
        hasBlockChecksums: false,
        maxBlockBytes: LEGACY_BLOCK_BYTES,
        contentBytes: -1,
        contentHash: null,
      })
    }
    if (magic !== FRAME_MAGIC) {
      this.#isInTrailer = this.#hasReadFrame
      return this.#isInTrailer || this.#damaged('what follows a skippable frame is none')
    }
    if (input.available < 7) return false
    return this.#readDescriptor(input)
  }

  #readDescriptor(input: ByteWindow): boolean {
    const { bytes, view, start } = input
    const flags = bytes[start + 4]
    const hasContentSize = (flags & 0x08) !== 0
    const hasDictionary = (flags & 0x01) !== 0
    const length = 2 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0)
    if (input.available < 4 + length + 1) return false
    const hash = new Xxh32()
    hash.update(bytes.subarray(start + 4, start + 4 + length))
    if (bytes[start + 4 + length] !== ((hash.digest() >>> 8) & 0xff))
      return this.#damaged('the header checksum is wrong')
    if (flags >>> 6 !== 1) return this.#damaged(`frame version ${flags >>> 6} is not known`)
    const blockSize = (bytes[start + 5] >>> 4) & 7
    if (blockSize < 4) return this.#damaged(`block size code ${blockSize} is not known`)
    if (hasDictionary) return this.#damaged('they need a dictionary')
    input.start += 4 + length + 1
    return this.#enter({
      isLegacy: false,
      areBlocksLinked: (flags & 0x20) === 0,
      hasBlockChecksums: (flags & 0x10) !== 0,
      maxBlockBytes: 1 << (8 + 2 * blockSize),
      contentBytes: hasContentSize ? view.getUint32(start + 6, true) + view.getUint32(start + 10, true) * 2 ** 32 : -1,
      contentHash: (flags & 0x04) !== 0 ? new Xxh32() : null,
    })
  }

  #enter(frame: Frame): true {
    this.#frame = frame
    this.#frameBytes = 0
    this.#historyLength = 0
    const needed = frame.maxBlockBytes + HISTORY_BYTES
    if (this.#output.length < needed) this.#output = new Uint8Array(needed)
    return true
  }

  #readBlock(input: ByteWindow, frame: Frame): boolean {
    if (input.available < 4) return false
    const { view, start } = input
    const word = view.getUint32(start, true)
    if (word === 0) return this.#endFrame(input, frame)
    const size = word & 0x7fff_ffff
    if (size > frame.maxBlockBytes)
      return this.#damaged(`a block claims ${size} bytes, more than ${frame.maxBlockBytes}`)
    const checksumLength = frame.hasBlockChecksums ? 4 : 0
    if (input.available < 4 + size + checksumLength) return false
    const blockStart = start + 4
    const blockEnd = blockStart + size
    if (frame.hasBlockChecksums) {
      const hash = new Xxh32()
      hash.update(input.bytes.subarray(blockStart, blockEnd))
      if (hash.digest() !== view.getUint32(blockEnd, true)) return this.#damaged('a block checksum is wrong')
    }
    input.start = blockEnd + checksumLength
    const isStored = word >>> 31 === 1
    return this.#decode(input.bytes, blockStart, blockEnd, isStored, frame)
  }

  /** Legacy frames have no end mark: they end with the input or where another frame begins. */
  #readLegacyBlock(input: ByteWindow, frame: Frame): boolean {
    if (input.available < 4) return false
    const size = input.view.getUint32(input.start, true)
    if (size === FRAME_MAGIC || size === LEGACY_MAGIC || (size & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      this.#frame = null
      return true
    }
    if (size > frame.maxBlockBytes + (frame.maxBlockBytes >>> 7)) return this.#damaged(`a block claims ${size} bytes`)
    if (input.available < 4 + size) return false
    const blockStart = input.start + 4
    input.start = blockStart + size
    return this.#decode(input.bytes, blockStart, blockStart + size, false, frame)
  }

  #decode(bytes: Uint8Array, start: number, end: number, isStored: boolean, frame: Frame): boolean {
    const from = this.#historyLength
    const room = this.#output.subarray(0, from + frame.maxBlockBytes)
    let to = from + end - start
    if (isStored) room.set(bytes.subarray(start, end), from)
    else to = decodeLz4Block(bytes, start, end, room, from)
    if (to < 0) return this.#damaged('a block cannot be decoded')
    const plain = room.subarray(from, to)
    this.#frameBytes += plain.length
    frame.contentHash?.update(plain)
    this.#onData(plain)
    if (frame.areBlocksLinked) this.#keepHistory(to)
    if (frame.isLegacy) this.#hasReadFrame = true
    return true
  }

  #keepHistory(end: number): void {
    const kept = Math.min(end, HISTORY_BYTES)
    this.#output.copyWithin(0, end - kept, end)
    this.#historyLength = kept
  }

  #endFrame(input: ByteWindow, frame: Frame): boolean {
    const length = frame.contentHash === null ? 4 : 8
    if (input.available < length) return false
    if (frame.contentHash !== null && frame.contentHash.digest() !== input.view.getUint32(input.start + 4, true)) {
      return this.#damaged('the content checksum is wrong')
    }
    if (frame.contentBytes >= 0 && frame.contentBytes !== this.#frameBytes) {
      return this.#damaged(`the frame holds ${this.#frameBytes} bytes but says ${frame.contentBytes}`)
    }
    input.start += length
    this.#frame = null
    this.#hasReadFrame = true
    return true
  }

  #damaged(reason: string): false {
    this.problem = `the lz4 data are damaged: ${reason}`
    return false
  }
}
