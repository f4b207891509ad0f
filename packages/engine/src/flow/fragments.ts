/** A datagram of which some fragments have arrived. */
interface Datagram {
  bytes: Uint8Array
  /** Covered ranges [start, end), ascending, apart from each other. */
  ranges: number[]
  /** Length of the whole payload; -1 until the last fragment has arrived. */
  length: number
}

const LARGEST_DATAGRAM = 65_535 + 8

/**
 * Puts IP fragments together (RFC 791 §3.2, RFC 8200 §4.5). On overlap the byte that came first stays.
 *
 * O(fragments of the datagram) an insertion. What waits is bounded by `maxBytes`; the oldest datagram is dropped first, and counted.
 */
export class FragmentTable {
  /** Datagrams given up because too many were waiting. */
  dropped = 0
  private readonly datagrams = new Map<string, Datagram>()
  private heldBytes = 0
  private readonly maxBytes: number

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /**
   * Adds the payload `source[start, end)` that belongs at `offset` of the datagram.
   * @returns the whole payload when this completes it, else null. The result belongs to the caller.
   */
  add(
    key: string,
    offset: number,
    hasMore: boolean,
    source: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    const fragmentEnd = offset + end - start
    if (fragmentEnd > LARGEST_DATAGRAM) return null
    let datagram = this.datagrams.get(key)
    if (datagram === undefined) {
      datagram = { bytes: new Uint8Array(0), ranges: [], length: -1 }
      this.datagrams.set(key, datagram)
    }
    if (!hasMore) datagram.length = fragmentEnd
    this.hold(datagram, fragmentEnd)
    cover(datagram, offset, source.subarray(start, end))
    if (datagram.length >= 0 && datagram.ranges[0] === 0 && datagram.ranges[1] >= datagram.length) {
      this.forget(key, datagram)
      return datagram.bytes.subarray(0, datagram.length)
    }
    this.dropOldest(key)
    return null
  }

  private hold(datagram: Datagram, length: number): void {
    if (datagram.bytes.length >= length) return
    const grown = new Uint8Array(Math.max(length, Math.min(datagram.bytes.length * 2, LARGEST_DATAGRAM)))
    grown.set(datagram.bytes)
    this.heldBytes += grown.length - datagram.bytes.length
    datagram.bytes = grown
  }

  private forget(key: string, datagram: Datagram): void {
    this.datagrams.delete(key)
    this.heldBytes -= datagram.bytes.length
  }

  private dropOldest(except: string): void {
    for (const [key, datagram] of this.datagrams) {
      if (this.heldBytes <= this.maxBytes) return
      if (key === except) continue
      this.forget(key, datagram)
      this.dropped++
    }
  }
}

/** Writes the bytes of `piece` that are not covered yet and covers their range. */
function cover(datagram: Datagram, offset: number, piece: Uint8Array): void {
  const end = offset + piece.length
  const merged: number[] = []
  let from = offset
  let low = offset
  let high = end
  const { ranges } = datagram
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i]
    const stop = ranges[i + 1]
    if (stop < offset || start > end) {
      merged.push(start, stop)
      continue
    }
    if (start > from) datagram.bytes.set(piece.subarray(from - offset, Math.min(start, end) - offset), from)
    from = Math.max(from, stop)
    low = Math.min(low, start)
    high = Math.max(high, stop)
  }
  if (from < end) datagram.bytes.set(piece.subarray(from - offset), from)
  merged.push(low, high)
  const pairs: [number, number][] = []
  for (let i = 0; i < merged.length; i += 2) pairs.push([merged[i], merged[i + 1]])
  datagram.ranges = pairs.sort((a, b) => a[0] - b[0]).flat()
}
