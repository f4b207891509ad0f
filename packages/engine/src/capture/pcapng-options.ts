import type { ByteWindow } from './byte-window.ts'

/**
 * Walks the options of one block (pcapng draft §3.5); one cursor serves all blocks of a reader.
 *
 * After `advance` said true, `code`, `start` and `length` tell the option; after it said false, `problem` is why it stopped early, or null.
 */
export class OptionCursor {
  code = 0
  /** Offset of the value in the window's bytes. */
  start = 0
  length = 0
  problem: string | null = null
  #view: DataView = new DataView(new ArrayBuffer(0))
  #littleEndian = true
  #next = 0
  #end = 0

  begin(window: ByteWindow, start: number, end: number, littleEndian: boolean): void {
    this.#view = window.view
    this.#littleEndian = littleEndian
    this.#next = start
    this.#end = end
    this.problem = null
  }

  advance(): boolean {
    const left = this.#end - this.#next
    if (left === 0) return false
    if (left < 4) return this.#stop(`${left} bytes are left for an option, fewer than its header has`)
    this.code = this.#view.getUint16(this.#next, this.#littleEndian)
    this.length = this.#view.getUint16(this.#next + 2, this.#littleEndian)
    if (this.code === 0) return false
    const padded = (this.length + 3) & ~3
    if (padded > left - 4)
      return this.#stop(`option ${this.code} of ${this.length} bytes does not fit into the ${left - 4} bytes left`)
    this.start = this.#next + 4
    this.#next = this.start + padded
    return true
  }

  /** The value as an unsigned integer of `size` bytes, exact up to 2^53; null when it has another size. */
  unsigned(size: 1 | 4 | 8): number | null {
    if (this.length !== size) return null
    if (size === 1) return this.#view.getUint8(this.start)
    const first = this.#view.getUint32(this.start, this.#littleEndian)
    if (size === 4) return first
    const second = this.#view.getUint32(this.start + 4, this.#littleEndian)
    return this.#littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second
  }

  /** The value as a signed integer of 8 bytes, exact up to 2^53; null when it has another size. */
  signed(): number | null {
    if (this.length !== 8) return null
    const high = this.#view.getInt32(this.start + (this.#littleEndian ? 4 : 0), this.#littleEndian)
    const low = this.#view.getUint32(this.start + (this.#littleEndian ? 0 : 4), this.#littleEndian)
    return high * 0x1_0000_0000 + low
  }

  #stop(problem: string): boolean {
    this.problem = problem
    return false
  }
}
