import type { ByteWindow } from './byte-window.ts'
import type { Decompressor } from './compression.ts'

const SKIPPABLE_MAGIC = 0x184d2a50

/** Whether a little-endian word begins a frame that is to be passed over: the same sixteen in LZ4 and Zstandard (RFC 8878 §3.1.2). */
export function isSkippableMagic(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC
}

/** Frames of a format and skippable frames, one after the other; what follows them and is none is trailing bytes. */
export abstract class FramedDecompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  abstract readonly sliceLength: number
  /** Whether a frame was read to its end. */
  protected hasReadFrame = false
  readonly #format: string
  readonly #input: ByteWindow
  #skipLeft = 0
  #isInTrailer = false

  constructor(format: string, input: ByteWindow) {
    this.#format = format
    this.#input = input
  }

  /** Whether a frame is begun that needs more than these bytes to end. */
  protected abstract needsMore(available: number): boolean
  /** Whether a frame is begun. */
  protected abstract isInFrame(): boolean
  protected abstract isFrameMagic(magic: number): boolean
  /** Reads the header of a frame from its magic on; false when more bytes are needed or it cannot be read. */
  protected abstract beginFrame(input: ByteWindow, magic: number): boolean
  /** The same for a block. */
  protected abstract readBlock(input: ByteWindow): boolean

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    const input = this.#input
    input.append(chunk)
    while (this.problem === null && this.#step(input));
    if (last && this.problem === null) this.#finish(input.available)
  }

  #finish(available: number): void {
    if (this.needsMore(available) || this.#skipLeft > 0 || !this.hasReadFrame) {
      this.problem = `the ${this.#format} data end too early`
      this.endedEarly = true
    } else {
      this.trailingBytes += available
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
    return this.isInFrame() ? this.readBlock(input) : this.#begin(input)
  }

  #begin(input: ByteWindow): boolean {
    if (input.available < 4) return false
    const { view, start } = input
    const magic = view.getUint32(start, true)
    if (isSkippableMagic(magic)) {
      if (input.available < 8) return false
      this.#skipLeft = 8 + view.getUint32(start + 4, true)
      return true
    }
    if (this.isFrameMagic(magic)) return this.beginFrame(input, magic)
    this.#isInTrailer = this.hasReadFrame
    return this.#isInTrailer || this.damaged('what follows a skippable frame is none')
  }

  protected damaged(reason: string): false {
    this.problem = `the ${this.#format} data are damaged: ${reason}`
    return false
  }

  protected refused(reason: string): false {
    this.problem = `the ${this.#format} data cannot be read: ${reason}`
    return false
  }
}
