const MOST_PIECES = 1000

/**
 * Bytes of one direction that were acknowledged but never seen. Keeps what arrived out of order until the hole before it is filled or
 * acknowledged. O(pieces) a segment; at most a thousand pieces are kept, beyond that the oldest counts as delivered.
 */
export class HoleTracker {
  missedBytes = 0
  private next: number | null = null
  /** Start and end of what arrived beyond a hole, by distance from `next`, ascending. */
  private pieces: [start: number, end: number][] = []

  /** The stream begins behind this sequence number. */
  begin(sequence: number): void {
    if (this.next === null) this.next = sequence
  }

  /** Payload arrived. */
  add(sequence: number, length: number): void {
    if (this.next === null) this.next = sequence
    const start = (sequence - this.next) | 0
    const end = start + length
    if (end <= 0) return
    this.pieces.push([start, end])
    this.pieces.sort((a, b) => a[0] - b[0])
    this.advance()
    if (this.pieces.length > MOST_PIECES) this.acknowledge((this.next + this.pieces[0][1]) | 0)
  }

  /** The other side acknowledged everything before `sequence`: holes before it will never be filled. Tells how many bytes they have. */
  acknowledge(sequence: number): number {
    if (this.next === null) return 0
    const until = (sequence - this.next) | 0
    if (until <= 0) return 0
    let at = 0
    let missed = 0
    for (const [start, end] of this.pieces) {
      if (at >= until) break
      if (start > at) missed += Math.min(start, until) - at
      at = Math.max(at, end)
    }
    if (at < until) {
      missed += until - at
      at = until
    }
    this.missedBytes += missed
    this.shift(at)
    return missed
  }

  private advance(): void {
    let at = 0
    for (const [start, end] of this.pieces) {
      if (start > at) break
      at = Math.max(at, end)
    }
    if (at > 0) this.shift(at)
  }

  private shift(by: number): void {
    this.next = ((this.next ?? 0) + by) | 0
    this.pieces = this.pieces
      .filter(([, end]) => end > by)
      .map(([start, end]): [number, number] => [start - by, end - by])
  }
}
