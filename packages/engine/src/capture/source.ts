import { EngineError } from '../errors.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { Packet } from '../packet.ts'
import { ByteWindow } from './byte-window.ts'
import { type CompressionName, type Decompressor, detectCompression, newDecompressor } from './compression.ts'
import type { CaptureMetadata } from './metadata.ts'
import { openCapture } from './open.ts'
import { READ_END, READ_MORE, READ_PACKET, type ReadResult, type RecordReader } from './record-reader.ts'
import type { RecordWalker } from './record-walker.ts'
import type { WindowMemory } from './window-memory.ts'

const NO_BYTES = new Uint8Array(0)

/**
 * One capture file as it comes in: raw bytes are put in, packets are pulled out; compression and format are found by the first bytes.
 *
 * Fill it whenever `next` says READ_MORE, with `push`, or without a copy by writing into `reserve(n)` and then `commit(written)`; call `finish`
 * after the last bytes. Compressed bytes are decompressed in slices as `next` needs them, so what is held stays bounded.
 */
export class CaptureInput {
  readonly #window: ByteWindow
  readonly #limits: Limits
  readonly #firstNumber: number
  #reader: RecordReader | null = null
  #isSniffed = false
  #isFinished = false
  #compression: CompressionName | null = null
  #decompressor: Decompressor | null = null
  /** Compressed bytes that wait to be decompressed, oldest first. */
  #compressed: Uint8Array[] = []
  /** Where the caller writes compressed bytes after `reserve`. */
  #scratch: Uint8Array<ArrayBuffer> = NO_BYTES

  /**
   * `firstNumber` is the number of the first packet, so that the files of a set can be counted through; `memory` is where the bytes go, if
   * not into memory of its own.
   */
  constructor(limits: Limits = defaultLimits, firstNumber = 1, memory: WindowMemory | null = null) {
    this.#window = new ByteWindow(undefined, memory)
    this.#limits = limits
    this.#firstNumber = firstNumber
  }

  /** What the container says; null until the file header was read. */
  get metadata(): CaptureMetadata | null {
    return this.#reader === null ? null : this.#reader.metadata
  }

  /** Takes the next raw bytes. They are *borrowed* until `next` says READ_MORE or READ_END. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.#decompressor === null) this.#window.append(chunk)
    else this.#compressed.push(chunk)
  }

  /** Room for `length` raw bytes, to be filled from its front and handed over by `commit`; valid until the next call of any other method. */
  reserve(length: number): Uint8Array<ArrayBuffer> {
    if (this.#decompressor === null) {
      this.#window.reserve(length)
      return this.#window.bytes.subarray(this.#window.end, this.#window.end + length)
    }
    if (this.#scratch.length < length || this.#compressed.length > 0) this.#scratch = new Uint8Array(length)
    return this.#scratch.subarray(0, length)
  }

  /** Takes the first `length` bytes of what `reserve` gave. */
  commit(length: number): void {
    if (this.#decompressor === null) this.#window.commit(length)
    else if (length > 0) this.#compressed.push(this.#scratch.subarray(0, length))
  }

  /** Says that no more raw bytes will come. */
  finish(): void {
    this.#isFinished = true
    if (this.#isSniffed && this.#decompressor === null) this.#window.ended = true
  }

  /**
   * Points `packet` at the next packet; it and its bytes are *borrowed* until the next call of any method.
   * @throws {EngineError} EMPTY_INPUT, NOT_A_CAPTURE, UNSUPPORTED_VERSION, DAMAGED_HEADER, DECOMPRESSION_LIMIT.
   */
  next(packet: Packet): ReadResult {
    for (;;) {
      const reader = this.#reader ?? this.#open()
      if (reader !== null) {
        const result = reader.next(this.#window, packet)
        if (result === READ_PACKET) return READ_PACKET
        if (result === READ_END) {
          this.#reportDecompression(reader.metadata)
          return READ_END
        }
      }
      if (!this.#decompressSome()) return READ_MORE
    }
  }

  /** Lets the core take what it can take alone of the records that are loaded. */
  walk(walker: RecordWalker): void {
    this.#reader?.walk?.(this.#window, walker)
  }

  /** The memory that was given has grown: makes the views of it new, and those of the packet read last. */
  renew(packet: Packet): void {
    const isFrame = packet.data === packet.bytes
    this.#window.renew()
    packet.bytes = this.#window.bytes
    packet.view = this.#window.view
    if (!isFrame) return
    packet.data = packet.bytes
    packet.dataView = packet.view
  }

  #open(): RecordReader | null {
    if (!this.#isSniffed && !this.#sniff()) return null
    try {
      this.#reader = openCapture(this.#window, this.#firstNumber)
    } catch (error) {
      throw this.#compression === null ? error : inside(this.#compression, error, this.#decompressor?.problem ?? null)
    }
    if (this.#reader !== null && this.#compression !== null) this.#reader.metadata.compression = this.#compression
    return this.#reader
  }

  /** Tells by the first bytes whether the window holds compressed ones, and if so takes them out again; false when there are too few. */
  #sniff(): boolean {
    const window = this.#window
    if (window.available < 4 && !this.#isFinished) return false
    this.#isSniffed = true
    const name = detectCompression(window.bytes.subarray(window.start, window.end))
    if (name === null) {
      window.ended = this.#isFinished
      return true
    }
    this.#compression = name
    this.#compressed.push(window.bytes.slice(window.start, window.end))
    window.start = 0
    window.end = 0
    this.#decompressor = newDecompressor(name, (bytes) => window.append(bytes), this.#limits)
    return true
  }

  /** Brings the next slice of compressed bytes into the window; false when there is none. */
  #decompressSome(): boolean {
    const decompressor = this.#decompressor
    if (decompressor === null || this.#window.ended) return false
    const oldest = this.#compressed[0]
    if (oldest === undefined) {
      if (!this.#isFinished) return false
      decompressor.push(NO_BYTES, true)
      this.#window.ended = true
      return true
    }
    decompressor.push(oldest.subarray(0, decompressor.sliceLength), false)
    if (oldest.length > decompressor.sliceLength) this.#compressed[0] = oldest.subarray(decompressor.sliceLength)
    else this.#compressed.shift()
    if (decompressor.problem !== null) {
      this.#compressed = []
      this.#window.ended = true
    }
    return true
  }

  #reportDecompression(metadata: CaptureMetadata): void {
    const decompressor = this.#decompressor
    if (decompressor === null) return
    metadata.ignoredTrailingBytes = decompressor.trailingBytes
    if (decompressor.problem === null || metadata.end.status === 'damaged') return
    metadata.end.status = decompressor.endedEarly ? 'truncated' : 'damaged'
    metadata.end.reason = decompressor.problem
  }
}

/** The error of what was found inside compressed data, with what it was found in. */
function inside(compression: CompressionName, error: unknown, problem: string | null): unknown {
  if (!(error instanceof EngineError)) return error
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  if (problem !== null) return new EngineError('DAMAGED_HEADER', problem, { cause: error, ...hint })
  return new EngineError(error.code, `${error.message} (inside ${compression})`, { cause: error, ...hint })
}
