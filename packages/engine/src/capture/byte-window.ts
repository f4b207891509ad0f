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

  constructor(size = 1 << 18) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
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
    } else {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, unread + length))
      grown.set(this.bytes.subarray(this.start, this.end))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    this.offset += this.start
    this.start = 0
    this.end = unread
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
}
