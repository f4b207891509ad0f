import type { Simulation } from '../network/simulation.ts'

/** How an application reads: at once when left out. */
export interface Reader {
  readonly bytesPerSecond?: number
  /** Stops reading once it has read `afterBytes`, for a while. */
  readonly pause?: { readonly afterBytes: number; readonly durationNs: number }
}

/** How often a reader with a rate comes back. */
const READ_INTERVAL_NS = 100_000_000

/** Puts the stream in order, and holds it until the application has read it. Positions count from 0. */
export class ReceiveBuffer {
  next = 0
  /** Ranges beyond `next`, the one that changed last in front. */
  ranges: (readonly [number, number])[] = []
  readonly #capacityBytes: number
  readonly #simulation: Simulation
  readonly #reader: Reader
  readonly #onRead: (bytes: number) => void
  #unread = 0
  #read = 0
  #isReading = false
  #hasPaused = false

  constructor(simulation: Simulation, capacityBytes: number, reader: Reader, onRead: (bytes: number) => void) {
    this.#simulation = simulation
    this.#capacityBytes = capacityBytes
    this.#reader = reader
    this.#onRead = onRead
  }

  get windowBytes(): number {
    return Math.max(0, this.#capacityBytes - this.#unread)
  }

  /** @returns what the segment brought: bytes in order, bytes behind a gap, or nothing new. */
  take(start: number, end: number): 'in-order' | 'filled-gap' | 'out-of-order' | 'old' {
    if (end <= this.next) return 'old'
    if (start > this.next) {
      this.#addRange(start, end)
      return 'out-of-order'
    }
    const before = this.next
    this.next = end
    const hadRanges = this.ranges.length > 0
    for (const [from, to] of this.ranges.toSorted((a, b) => a[0] - b[0]))
      if (from <= this.next) this.next = Math.max(this.next, to)
    this.ranges = this.ranges.filter(([, to]) => to > this.next)
    this.#unread += this.next - before
    this.#readOn()
    return hadRanges ? 'filled-gap' : 'in-order'
  }

  #addRange(start: number, end: number): void {
    const touching = this.ranges.filter(([from, to]) => from <= end && to >= start)
    const merged = [
      Math.min(start, ...touching.map(([from]) => from)),
      Math.max(end, ...touching.map(([, to]) => to)),
    ] as const
    this.ranges = [merged, ...this.ranges.filter((range) => !touching.includes(range))]
  }

  #readOn(): void {
    if (this.#isReading) return
    const { bytesPerSecond, pause } = this.#reader
    if (pause !== undefined && !this.#hasPaused && this.#read >= pause.afterBytes) {
      this.#hasPaused = true
      this.#resumeAfter(pause.durationNs)
      return
    }
    const most = bytesPerSecond === undefined ? Number.POSITIVE_INFINITY : (bytesPerSecond * READ_INTERVAL_NS) / 1e9
    const bytes = Math.min(this.#unread, most)
    if (bytes === 0) return
    this.#unread -= bytes
    this.#read += bytes
    if (bytesPerSecond !== undefined) this.#resumeAfter(READ_INTERVAL_NS)
    this.#onRead(bytes)
  }

  #resumeAfter(delayNs: number): void {
    this.#isReading = true
    this.#simulation.after(delayNs, () => {
      this.#isReading = false
      this.#readOn()
    })
  }
}
