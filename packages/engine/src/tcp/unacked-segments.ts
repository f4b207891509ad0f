import type { Packet } from '../packet.ts'
import type { ConnectionTable } from './connection-table.ts'
import { SIDE_BASE, SIDE_QUEUE } from './connection-table.ts'

/** Offsets from SIDE_QUEUE in a side's record. Entry numbers count from 1; 0 is none. */
const OLDEST = SIDE_QUEUE
const NEWEST = SIDE_QUEUE + 1
const COUNT = SIDE_QUEUE + 2
/** 0 while every entry starts at or behind the end of the one before it. */
const IS_TANGLED = SIDE_QUEUE + 3
/** Least start and greatest end over the queue, relative to the base, unsigned; valid while IS_STALE is 0. */
const LEAST_START = SIDE_QUEUE + 4
const GREATEST_END = SIDE_QUEUE + 5
const IS_STALE = SIDE_QUEUE + 6
/** Acknowledgment number the queue was last scanned with, and the newest entry then. */
const SCANNED_ACK = SIDE_QUEUE + 7
const SCANNED_NEWEST = SIDE_QUEUE + 8

/** Segments one direction remembers, as in tshark. */
const MOST_ENTRIES = 10_000
const ENTRY_WORDS = 4
const ENTRY_FRAME = 0
const ENTRY_START = 1
const ENTRY_END = 2
const ENTRY_NEXT = 3

/**
 * The segments of each direction that the peer has not acknowledged, oldest first, as linked lists in one pool.
 *
 * O(1) to add. An acknowledgment visits what it removes and one more, unless segments overlap: then it visits all, at most 10 000.
 */
export class UnackedSegments {
  /** Segments not remembered because the pool was full. */
  dropped = 0
  /** Results of {@link acknowledge}: frame and time of the acknowledged segment, frame 0 when none ends at the number. */
  ackedFrame = 0
  ackedTimeNs = 0
  private words = new Int32Array(ENTRY_WORDS * 1024)
  private times = new Float64Array(1024)
  private used = 1
  private free = 0
  private readonly maxEntries: number

  constructor(maxEntries: number) {
    this.maxEntries = maxEntries
  }

  isEmpty(side: Int32Array, at: number): boolean {
    return side[at + COUNT] === 0
  }

  hasRoom(side: Int32Array, at: number): boolean {
    return side[at + COUNT] < MOST_ENTRIES
  }

  oldestFrame(side: Int32Array, at: number): number {
    return this.words[side[at + OLDEST] * ENTRY_WORDS + ENTRY_FRAME]
  }

  oldestTimeNs(side: Int32Array, at: number): number {
    return this.times[side[at + OLDEST]]
  }

  /** Remembers the packet's segment, which ends before `end`. */
  add(connections: ConnectionTable, at: number, packet: Packet, end: number): void {
    const entry = this.take()
    if (entry === 0) {
      this.dropped++
      return
    }
    const { words } = this
    const side = connections.words
    const start = packet.sequence
    const record = entry * ENTRY_WORDS
    words[record + ENTRY_FRAME] = packet.number
    words[record + ENTRY_START] = start
    words[record + ENTRY_END] = end
    words[record + ENTRY_NEXT] = 0
    this.times[entry] = packet.timeNs
    const relativeStart = (start - side[at + SIDE_BASE]) | 0
    const relativeEnd = (end - side[at + SIDE_BASE]) | 0
    const newest = side[at + NEWEST]
    if (newest === 0) {
      side[at + OLDEST] = entry
      side[at + IS_TANGLED] = 0
      side[at + IS_STALE] = 0
      side[at + LEAST_START] = relativeStart
      side[at + GREATEST_END] = relativeEnd
      side[at + SCANNED_NEWEST] = 0
    } else {
      const oldestStart = words[side[at + OLDEST] * ENTRY_WORDS + ENTRY_START]
      const isInOrder = ((start - words[newest * ENTRY_WORDS + ENTRY_END]) | 0) >= 0 && ((end - oldestStart) | 0) > 0
      if (!isInOrder) side[at + IS_TANGLED] = 1
      words[newest * ENTRY_WORDS + ENTRY_NEXT] = entry
      if (relativeStart >>> 0 < side[at + LEAST_START] >>> 0) side[at + LEAST_START] = relativeStart
      if (relativeEnd >>> 0 > side[at + GREATEST_END] >>> 0) side[at + GREATEST_END] = relativeEnd
    }
    side[at + NEWEST] = entry
    side[at + COUNT]++
  }

  /** Removes what `ack` covers; says in `ackedFrame` which remembered segment ends exactly there (the oldest of several). */
  acknowledge(side: Int32Array, at: number, ack: number): void {
    this.ackedFrame = 0
    const newest = side[at + NEWEST]
    if (newest === 0) return
    const { words } = this
    const isTangled = side[at + IS_TANGLED] !== 0
    const newestEnd = words[newest * ENTRY_WORDS + ENTRY_END]
    const canStopEarly = !isTangled && ((newestEnd - ack) | 0) > 0
    let previous = 0
    let entry = side[at + OLDEST]
    if (side[at + SCANNED_NEWEST] !== 0 && side[at + SCANNED_ACK] === ack) {
      previous = side[at + SCANNED_NEWEST]
      entry = words[previous * ENTRY_WORDS + ENTRY_NEXT]
    }
    while (entry !== 0) {
      const record = entry * ENTRY_WORDS
      const start = words[record + ENTRY_START]
      const end = words[record + ENTRY_END]
      const next = words[record + ENTRY_NEXT]
      let isKept = true
      if (end === ack) {
        if (this.ackedFrame === 0) {
          this.ackedFrame = words[record + ENTRY_FRAME]
          this.ackedTimeNs = this.times[entry]
        }
        isKept = false
      } else if (((start - ack) | 0) < 0 && ((ack - end) | 0) <= 0) {
        words[record + ENTRY_START] = ack
        if (canStopEarly) break
      } else if (((ack - end) | 0) < 0) {
        if (canStopEarly && ((start - ack) | 0) >= 0) break
      } else {
        isKept = false
      }
      if (isKept) previous = entry
      else this.remove(side, at, entry, previous, next)
      entry = next
    }
    side[at + SCANNED_ACK] = ack
    side[at + SCANNED_NEWEST] = canStopEarly ? 0 : side[at + NEWEST]
    if (isTangled) side[at + IS_STALE] = 1
    else this.measureInOrder(side, at)
  }

  /** Bytes between the first and the last remembered, as tshark counts: unsigned numbers relative to the base. */
  span(connections: ConnectionTable, at: number): number {
    const side = connections.words
    if (side[at + IS_STALE] !== 0) this.measure(side, at)
    return (side[at + GREATEST_END] >>> 0) - (side[at + LEAST_START] >>> 0)
  }

  /** Forgets everything one direction remembers. */
  clear(side: Int32Array, at: number): void {
    for (let entry = side[at + OLDEST]; entry !== 0; ) {
      const next = this.words[entry * ENTRY_WORDS + ENTRY_NEXT]
      this.release(entry)
      entry = next
    }
    side.fill(0, at + OLDEST, at + SCANNED_NEWEST + 1)
  }

  /** Span of segments in order: from the oldest to the newest, unless numbers wrapped past the base in between. */
  private measureInOrder(side: Int32Array, at: number): void {
    const oldest = side[at + OLDEST]
    if (oldest === 0) return
    const least = (this.words[oldest * ENTRY_WORDS + ENTRY_START] - side[at + SIDE_BASE]) | 0
    const greatest = (this.words[side[at + NEWEST] * ENTRY_WORDS + ENTRY_END] - side[at + SIDE_BASE]) | 0
    side[at + LEAST_START] = least
    side[at + GREATEST_END] = greatest
    side[at + IS_STALE] = greatest >>> 0 < least >>> 0 ? 1 : 0
  }

  private measure(side: Int32Array, at: number): void {
    const { words } = this
    const base = side[at + SIDE_BASE]
    let least = 0xffffffff
    let greatest = 0
    for (let entry = side[at + OLDEST]; entry !== 0; entry = words[entry * ENTRY_WORDS + ENTRY_NEXT]) {
      const start = (words[entry * ENTRY_WORDS + ENTRY_START] - base) >>> 0
      const end = (words[entry * ENTRY_WORDS + ENTRY_END] - base) >>> 0
      if (start < least) least = start
      if (end > greatest) greatest = end
    }
    side[at + LEAST_START] = least | 0
    side[at + GREATEST_END] = greatest | 0
    side[at + IS_STALE] = 0
  }

  private remove(side: Int32Array, at: number, entry: number, previous: number, next: number): void {
    if (previous === 0) side[at + OLDEST] = next
    else this.words[previous * ENTRY_WORDS + ENTRY_NEXT] = next
    if (next === 0) side[at + NEWEST] = previous
    side[at + COUNT]--
    this.release(entry)
  }

  private release(entry: number): void {
    this.words[entry * ENTRY_WORDS + ENTRY_NEXT] = this.free
    this.free = entry
  }

  private take(): number {
    if (this.free !== 0) {
      const entry = this.free
      this.free = this.words[entry * ENTRY_WORDS + ENTRY_NEXT]
      return entry
    }
    if (this.used > this.maxEntries) return 0
    if (this.used === this.times.length) {
      const words = new Int32Array(this.words.length * 2)
      words.set(this.words)
      this.words = words
      const times = new Float64Array(this.times.length * 2)
      times.set(this.times)
      this.times = times
    }
    return this.used++
  }
}
