/** A fragment's payload and where it belongs. */
interface Piece {
  offset: number
  bytes: Uint8Array
}

/** A datagram of which some fragments have arrived. */
interface Datagram {
  /** By offset; of equal offsets the one that came first stands first. */
  pieces: Piece[]
  heldBytes: number
  /** Length of the whole payload; -1 until the last fragment has arrived. */
  length: number
}

const LARGEST_DATAGRAM = 65_535 + 8

/**
 * Puts IP fragments together (RFC 791 §3.2, RFC 8200 §4.5). Where fragments overlap the bytes of the one with the smaller offset stay,
 * of equal offsets those that came first, as in tshark.
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
      datagram = { pieces: [], heldBytes: 0, length: -1 }
      this.datagrams.set(key, datagram)
    }
    // of last fragments that contradict each other the first one counts
    if (!hasMore && datagram.length < 0) datagram.length = fragmentEnd
    this.heldBytes += insert(datagram, offset, source, start, end)
    if (datagram.length >= 0 && coveredLength(datagram) >= datagram.length) {
      this.forget(key, datagram)
      return assemble(datagram)
    }
    this.dropOldest()
    return null
  }

  private forget(key: string, datagram: Datagram): void {
    this.datagrams.delete(key)
    this.heldBytes -= datagram.heldBytes
  }

  private dropOldest(): void {
    for (const [key, datagram] of this.datagrams) {
      if (this.heldBytes <= this.maxBytes) return
      this.forget(key, datagram)
      this.dropped++
    }
  }
}

/** Keeps a copy of a fragment, unless it adds nothing to one with the same offset. Returns the bytes kept. */
function insert(datagram: Datagram, offset: number, source: Uint8Array, start: number, end: number): number {
  const { pieces } = datagram
  let at = pieces.length
  while (at > 0 && pieces[at - 1].offset > offset) at--
  const before = pieces[at - 1]
  if (before !== undefined && before.offset === offset && before.bytes.length >= end - start) return 0
  pieces.splice(at, 0, { offset, bytes: source.slice(start, end) })
  datagram.heldBytes += end - start
  return end - start
}

/** Bytes from the start on that have arrived without a gap. */
function coveredLength(datagram: Datagram): number {
  let covered = 0
  for (const { offset, bytes } of datagram.pieces) {
    if (offset > covered) return covered
    covered = Math.max(covered, offset + bytes.length)
  }
  return covered
}

function assemble(datagram: Datagram): Uint8Array {
  const whole = new Uint8Array(datagram.length)
  let written = 0
  for (const { offset, bytes } of datagram.pieces) {
    const end = Math.min(offset + bytes.length, whole.length)
    if (end <= written) continue
    whole.set(bytes.subarray(written - offset, end - offset), written)
    written = end
  }
  return whole
}
