/** A segment that was sent and is not yet acknowledged; bounds are positions in the stream. */
export interface Flying {
  readonly start: number
  readonly end: number
  isSacked: boolean
  isLost: boolean
  isRepeated: boolean
}

/** Segments by which later ones must have arrived before one counts as lost (RFC 6675 §2). */
const REORDERING = 3

/** What is in the network, as far as the sender knows from acknowledgments and SACK blocks. */
export class Flight {
  #segments: Flying[] = []

  add(start: number, end: number): void {
    this.#segments.push({ start, end, isSacked: false, isLost: false, isRepeated: false })
  }

  acknowledge(position: number): void {
    this.#segments = this.#segments.filter(({ end }) => end > position)
  }

  /** Notes what the receiver holds, and what is lost by it. */
  sack(blocks: readonly (readonly [number, number])[]): void {
    for (const segment of this.#segments) {
      if (blocks.some(([start, end]) => segment.start >= start && segment.end <= end)) segment.isSacked = true
    }
    let above = 0
    for (const segment of this.#segments.toReversed()) {
      if (segment.isSacked) above++
      else if (above >= REORDERING) segment.isLost = true
    }
  }

  /** The first one is lost: told by three duplicate acknowledgments. */
  loseFirst(): void {
    const [first] = this.#segments
    if (first !== undefined) first.isLost = true
  }

  /** The timer has expired: all that the receiver does not hold is lost, and so are the repeats. */
  loseAll(): void {
    for (const segment of this.#segments) {
      segment.isLost = !segment.isSacked
      segment.isRepeated = false
    }
  }

  /** The first lost segment that was not sent again. */
  nextLost(): Flying | undefined {
    return this.#segments.find(({ isLost, isSacked, isRepeated }) => isLost && !isSacked && !isRepeated)
  }

  hasLost(): boolean {
    return this.#segments.some(({ isLost, isSacked }) => isLost && !isSacked)
  }

  clear(): void {
    this.#segments = []
  }

  /** Bytes that are thought to be in the network (pipe of RFC 6675 §3). */
  get bytes(): number {
    let sum = 0
    for (const { start, end, isSacked, isLost, isRepeated } of this.#segments) {
      if (!isSacked && (!isLost || isRepeated)) sum += end - start
    }
    return sum
  }
}
