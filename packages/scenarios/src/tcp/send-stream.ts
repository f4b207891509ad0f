/** What an application has written, as a stream that begins at 0, with the ends of the writes (PSH). */
export class SendStream {
  #bytes = new Uint8Array(4096)
  #length = 0
  readonly #ends = new Set<number>()

  get length(): number {
    return this.#length
  }

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    this.#ends.add(this.#length)
  }

  slice(start: number, end: number): Uint8Array {
    return this.#bytes.slice(start, Math.min(end, this.#length))
  }

  isEndOfWrite(position: number): boolean {
    return this.#ends.has(position)
  }
}
