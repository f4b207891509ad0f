import type { CaptureSummary } from '../../report.ts'
import { binsInOrder, type TimeBins } from '../support/time-bins.ts'

const MOST_APART_INTERVALS = 2

export interface BurstRule {
  readonly intervalNs: number
  readonly factor: number
  readonly leastPackets: number
}

/** Intervals next to each other that hold many times the packets of a mean interval. */
export interface Burst {
  firstFrame: number
  lastFrame: number
  startNs: number
  endNs: number
  packets: number
  wireBytes: number
  /** Packets of its busiest interval over those of a mean one. */
  peakRatio: number
}

export interface Bursts {
  intervalNs: number
  /** Packets of a mean interval, empty intervals included. */
  meanPackets: number
  greatestPackets: number
  /** Standard deviation over mean of all intervals, empty ones included. */
  variation: number
  list: Burst[]
}

/** Finds bursts; intervals are no shorter than the bins that were kept. */
export function findBursts(bins: TimeBins, capture: CaptureSummary, rule: BurstRule): Bursts {
  const factor = Math.max(1, Math.round(rule.intervalNs / bins.widthNs))
  const intervalNs = bins.widthNs * factor
  const intervals = binsInOrder(bins, factor)
  // the last interval began even if it did not end
  const count = Math.max(intervals.length, Math.ceil(capture.durationNs / intervalNs), 1)
  let packets = 0
  let squares = 0
  let greatestPackets = 0
  for (const bin of intervals) {
    packets += bin.packets
    squares += bin.packets ** 2
    greatestPackets = Math.max(greatestPackets, bin.packets)
  }
  const meanPackets = packets / count
  const variance = Math.max(0, squares / count - meanPackets ** 2)
  const least = Math.max(rule.factor * meanPackets, rule.leastPackets)
  const list: Burst[] = []
  let lastIndex = Number.NEGATIVE_INFINITY
  for (const bin of intervals) {
    if (bin.packets < least) continue
    const ratio = bin.packets / meanPackets
    const burst = list.at(-1)
    if (burst !== undefined && bin.index - lastIndex <= MOST_APART_INTERVALS) {
      burst.lastFrame = Math.max(burst.lastFrame, bin.lastFrame)
      burst.endNs = bin.lastTimeNs
      burst.packets += bin.packets
      burst.wireBytes += bin.wireBytes
      burst.peakRatio = Math.max(burst.peakRatio, ratio)
    } else {
      list.push({
        firstFrame: bin.firstFrame,
        lastFrame: bin.lastFrame,
        startNs: bin.firstTimeNs,
        endNs: bin.lastTimeNs,
        packets: bin.packets,
        wireBytes: bin.wireBytes,
        peakRatio: ratio,
      })
    }
    lastIndex = bin.index
  }
  return {
    intervalNs,
    meanPackets,
    greatestPackets,
    variation: meanPackets === 0 ? 0 : Math.sqrt(variance) / meanPackets,
    list,
  }
}
