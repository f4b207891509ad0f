/** Pieces beyond a hole that one unit remembers; more are forgotten. */
const MAX_ISLANDS = 1024
/** Units remembered a direction, done ones included: a repeat of a finished message is known by them. */
export const MAX_UNITS = 16
/** The unit that was begun last; an empty list is not asked for what stands before its start, which costs a look-up by name. */
export function newestOf(units: readonly StreamUnit[]): StreamUnit | undefined {
  return units.length > 0 ? units[units.length - 1] : undefined
}

const NO_BYTES = new Uint8Array(0)
/** Of units without a hole, as nearly all are; never written to. */
const NO_ISLANDS: number[] = []

/**
 * A message, or part of one, that waits for more segments: its range of relative sequence numbers and which of it has arrived.
 * Bytes from `keptFrom` on are stored unless `isSkipped`.
 */
export class StreamUnit {
  start: number
  /** Expected end: Infinity until FIN; one past the last byte when any one segment more is awaited. */
  end: number
  takesWholeSegment = false
  isUntilFin = false
  isSkipped = false
  /** What comes behind a gap does not belong to it. */
  isInOrderOnly = false
  isDone = false
  /** All bytes below have arrived. */
  next: number
  /** Sequence number of the first stored (or skipped) byte. */
  keptFrom: number
  /** Frame and time of the message's first byte. */
  firstFrame: number
  firstTimeNs: number
  /** Frame that added to it last. */
  lastFrame = 0
  context: object | null = null
  bytes = NO_BYTES
  /** Pairs of start and end beyond `next`, ascending, not touching. */
  islands = NO_ISLANDS

  constructor(start: number, next: number, firstFrame: number, firstTimeNs: number) {
    this.start = start
    this.end = next
    this.next = next
    this.keptFrom = next
    this.firstFrame = firstFrame
    this.firstTimeNs = firstTimeNs
  }

  /** One past the last position that it takes bytes from. */
  get reach(): number {
    return this.isInOrderOnly && !this.isDone ? Math.min(this.next + 1, this.end) : this.end
  }

  get isComplete(): boolean {
    return this.next >= this.end
  }

  /** Notes that `[from, to)` has arrived; pieces that only touch or overlap what is there are merged. */
  add(from: number, to: number): void {
    if (from > this.next) {
      this.addIsland(from, to)
      return
    }
    if (to > this.next) this.next = to
    while (this.islands.length > 0 && this.islands[0]! <= this.next) {
      if (this.islands[1]! > this.next) this.next = this.islands[1]!
      this.islands.splice(0, 2)
    }
  }

  /** Copies `length` bytes to their place; returns how much the storage grew. */
  store(sequence: number, source: Uint8Array, sourceStart: number, length: number): number {
    const at = sequence - this.keptFrom
    const from = at < 0 ? sourceStart - at : sourceStart
    const count = at < 0 ? length + at : length
    if (count <= 0) return 0
    const grown = this.reserve(Math.max(at, 0) + count)
    this.bytes.set(source.subarray(from, from + count), Math.max(at, 0))
    return grown
  }

  /** Gives up the stored bytes; returns how much storage was freed. */
  release(): number {
    const freed = this.bytes.length
    this.bytes = NO_BYTES
    return freed
  }

  private reserve(size: number): number {
    const before = this.bytes.length
    if (size <= before) return 0
    const larger = new Uint8Array(Math.max(size, 2 * before, 512))
    larger.set(this.bytes)
    this.bytes = larger
    return larger.length - before
  }

  private addIsland(from: number, to: number): void {
    if (this.islands === NO_ISLANDS) this.islands = []
    const { islands } = this
    let i = 0
    while (i < islands.length && islands[i + 1]! < from) i += 2
    if (i >= islands.length || islands[i]! > to) {
      if (islands.length < 2 * MAX_ISLANDS) islands.splice(i, 0, from, to)
      return
    }
    islands[i] = Math.min(islands[i]!, from)
    islands[i + 1] = Math.max(islands[i + 1]!, to)
    while (i + 2 < islands.length && islands[i + 2]! <= islands[i + 1]!) {
      islands[i + 1] = Math.max(islands[i + 1]!, islands[i + 3]!)
      islands.splice(i + 2, 2)
    }
  }
}
