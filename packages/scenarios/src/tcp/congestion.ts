/** Congestion window of NewReno (RFC 5681, RFC 6582), in bytes. */
export class CongestionWindow {
  bytes: number
  readonly #segmentBytes: () => number
  #threshold = Number.POSITIVE_INFINITY

  constructor(segmentBytes: () => number, initialSegments: number) {
    this.#segmentBytes = segmentBytes
    this.bytes = initialSegments * segmentBytes()
  }

  /** New data was acknowledged outside of recovery. */
  grow(acknowledgedBytes: number): void {
    const mss = this.#segmentBytes()
    if (this.bytes < this.#threshold) this.bytes += Math.min(acknowledgedBytes, 2 * mss)
    else this.bytes += (mss * Math.min(acknowledgedBytes, 2 * mss)) / this.bytes
  }

  /** Loss told by duplicate acknowledgments: half of what is in flight. */
  halve(flightBytes: number): void {
    this.#threshold = Math.max(flightBytes / 2, 2 * this.#segmentBytes())
    this.bytes = this.#threshold
  }

  /** Loss told by the timer: one segment, and slow start up to half of what was in flight. */
  collapse(flightBytes: number): void {
    this.#threshold = Math.max(flightBytes / 2, 2 * this.#segmentBytes())
    this.bytes = this.#segmentBytes()
  }
}
