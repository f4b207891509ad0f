import type { WindowMemory } from './window-memory.ts'

/**
 * The bytes between a source and a record reader: filled at the end, read at the front.
 *
 * Invariant: `bytes[start…end)` is what is loaded and unread; the byte at index i lies at `offset + i` of the (uncompressed) input.
 * Views into `bytes` are valid until the next `append` or `reserve`.
 */
export class ByteWindow {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  start = 0
  end = 0
  /** Offset in the input of `bytes[0]`. */
  offset = 0
  /** True once no more bytes will come. */
  ended = false
  /** Offset of `bytes[0]` in the memory it was given; 0 in its own. */
  pointer = 0
  private length: number
  private readonly memory: WindowMemory | null

  constructor(size = 1 << 18, memory: WindowMemory | null = null) {
    this.length = size
    this.memory = memory
    if (memory !== null) this.pointer = memory.allocate(size)
    this.bytes = memory === null ? new Uint8Array(size) : new Uint8Array(memory.buffer, this.pointer, size)
    this.view = new DataView(this.bytes.buffer, this.pointer, size)
  }

  /** Offset in the input of the next unread byte. */
  get position(): number {
    return this.offset + this.start
  }

  get available(): number {
    return this.end - this.start
  }

  /** Makes room for `length` more bytes at `end`, by moving unread bytes to the front and growing if need be. */
  reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return
    const unread = this.end - this.start
    if (unread + length <= this.bytes.length) {
      this.bytes.copyWithin(0, this.start, this.end)
    } else this.grow(Math.max(this.length * 2, unread + length))
    this.offset += this.start
    this.start = 0
    this.end = unread
  }

  /** Makes the views new after the memory it was given has grown. */
  renew(): void {
    if (this.memory === null) return
    this.bytes = new Uint8Array(this.memory.buffer, this.pointer, this.length)
    this.view = new DataView(this.memory.buffer, this.pointer, this.length)
  }

  /** Makes bytes that were written to `bytes` from `end` on, after `reserve`, part of the window. */
  commit(length: number): void {
    this.end += length
  }

  /** Copies a chunk to the end. */
  append(chunk: Uint8Array): void {
    this.reserve(chunk.length)
    this.bytes.set(chunk, this.end)
    this.end += chunk.length
  }

  /** Moves the unread bytes to the front of more room. */
  private grow(length: number): void {
    const { memory } = this
    const pointer = memory === null ? 0 : memory.allocate(length)
    const grown = memory === null ? new Uint8Array(length) : new Uint8Array(memory.buffer, pointer, length)
    this.renew()
    grown.set(this.bytes.subarray(this.start, this.end))
    this.pointer = pointer
    this.length = length
    this.bytes = grown
    this.view = new DataView(grown.buffer, pointer, length)
  }
}
