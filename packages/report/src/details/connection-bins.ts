import type { ConnectionBins } from '@pcap-analyzer/engine'

const MOST_BINS = 240
const FIRST_WIDTH_NS = 1_000_000

/** What one segment adds to its bin. */
export interface BinSample {
  readonly payloadBytes: number
  readonly inFlightBytes: number
  readonly windowBytes: number
  readonly isResent: boolean
}

/** Bins of one direction of a connection whose length is not known: when time goes beyond the last bin, all get twice as wide. */
export class BinSeries {
  private widthNs = FIRST_WIDTH_NS
  private payloadBytes = new Float64Array(MOST_BINS)
  private inFlightBytes = new Float64Array(MOST_BINS)
  private windowBytes = new Float64Array(MOST_BINS).fill(-1)
  private leastRttNs = new Float64Array(MOST_BINS)
  private greatestRttNs = new Float64Array(MOST_BINS)
  private resent = new Float64Array(MOST_BINS)

  /** A segment that this side sent, so long after the first of the connection. */
  add(sinceNs: number, sample: BinSample): void {
    const bin = this.binOf(sinceNs)
    this.payloadBytes[bin] += sample.payloadBytes
    this.inFlightBytes[bin] = Math.max(this.inFlightBytes[bin], sample.inFlightBytes)
    this.windowBytes[bin] = leastKnown(this.windowBytes[bin], sample.windowBytes, -1)
    if (sample.isResent) this.resent[bin]++
  }

  /** A round trip of something this side had sent, told by its acknowledgment. */
  addRtt(sinceNs: number, rttNs: number): void {
    const bin = this.binOf(sinceNs)
    this.leastRttNs[bin] = leastKnown(this.leastRttNs[bin], rttNs, 0)
    this.greatestRttNs[bin] = Math.max(this.greatestRttNs[bin], rttNs)
  }

  result(): ConnectionBins {
    const index = Array.from({ length: MOST_BINS }, (_, bin) => bin).filter((bin) => this.isUsed(bin))
    const of = (values: Float64Array) => index.map((bin) => values[bin])
    return {
      widthNs: this.widthNs,
      index,
      payloadBytes: of(this.payloadBytes),
      inFlightBytes: of(this.inFlightBytes),
      windowBytes: of(this.windowBytes),
      leastRttNs: of(this.leastRttNs),
      greatestRttNs: of(this.greatestRttNs),
      resent: of(this.resent),
    }
  }

  private isUsed(bin: number): boolean {
    return this.windowBytes[bin] >= 0 || this.greatestRttNs[bin] > 0
  }

  private binOf(sinceNs: number): number {
    const since = Math.max(0, sinceNs)
    while (since >= this.widthNs * MOST_BINS) this.widen()
    return Math.floor(since / this.widthNs)
  }

  private widen(): void {
    this.widthNs *= 2
    this.payloadBytes = paired(this.payloadBytes, 0, (a, b) => a + b)
    this.inFlightBytes = paired(this.inFlightBytes, 0, Math.max)
    this.windowBytes = paired(this.windowBytes, -1, (a, b) => leastKnown(a, b, -1))
    this.leastRttNs = paired(this.leastRttNs, 0, (a, b) => leastKnown(a, b, 0))
    this.greatestRttNs = paired(this.greatestRttNs, 0, Math.max)
    this.resent = paired(this.resent, 0, (a, b) => a + b)
  }
}

function paired(
  values: Float64Array,
  empty: number,
  merge: (a: number, b: number) => number,
): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(MOST_BINS).fill(empty)
  for (let bin = 0; bin < MOST_BINS / 2; bin++) merged[bin] = merge(values[2 * bin], values[2 * bin + 1])
  return merged
}

function leastKnown(a: number, b: number, unknown: number): number {
  if (a === unknown) return b
  return b === unknown ? a : Math.min(a, b)
}
