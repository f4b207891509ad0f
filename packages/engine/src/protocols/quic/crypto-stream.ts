import { copyBytes } from '../tls/copy-bytes.ts'

/** Furthest beyond what is complete that data is kept; a ClientHello is seldom longer than 2 KiB. */
const MAX_AHEAD = 16384
const MAX_CHUNKS = 64

/** Receives bytes in order. */
export type TakeInOrder = (bytes: Uint8Array, start: number, end: number) => void

interface Chunk {
  offset: number
  bytes: Uint8Array
}

/**
 * Puts the CRYPTO data of one direction in order (RFC 9000 §7.5): clients split a ClientHello over frames, packets and datagrams and
 * send the pieces in any order. What was passed on once is not passed on again. Holds at most 64 pieces within 16 KiB.
 */
export class CryptoStream {
  readonly #take: TakeInOrder
  #nextOffset = 0
  #chunks: Chunk[] = []

  constructor(take: TakeInOrder) {
    this.#take = take
  }

  add(offset: number, bytes: Uint8Array, start: number, end: number): void {
    if (offset > this.#nextOffset) {
      const isFar = offset + (end - start) > this.#nextOffset + MAX_AHEAD
      if (!isFar && this.#chunks.length < MAX_CHUNKS) this.#chunks.push({ offset, bytes: copyBytes(bytes, start, end) })
      return
    }
    this.#pass(offset, bytes, start, end)
    while (this.#passKept()) {}
  }

  #passKept(): boolean {
    const index = this.#chunks.findIndex((chunk) => chunk.offset <= this.#nextOffset)
    if (index < 0) return false
    const [chunk] = this.#chunks.splice(index, 1)
    this.#pass(chunk.offset, chunk.bytes, 0, chunk.bytes.length)
    return true
  }

  #pass(offset: number, bytes: Uint8Array, start: number, end: number): void {
    const fresh = start + (this.#nextOffset - offset)
    if (fresh >= end) return
    this.#nextOffset += end - fresh
    this.#take(bytes, fresh, end)
  }
}
