import type { CaptureSummary } from '../../report.ts'
import {
  BIN_BYTES,
  BIN_INDEX,
  BIN_PACKETS,
  BIN_WIDTH,
  binsInOrder,
  extent,
  type TimeBins,
} from '../support/time-bins.ts'

const MOST_SERIES = 4096
const LEAST_SLOTS = 8
const PEAK_DEVIATIONS = 2
const VALLEY_DEVIATIONS = 1.5
const VALLEY_RATIO = 0.3
const VALLEY_LEAST_MEAN = 10
const LEAST_CORRELATION = 0.5
const LEAST_PERIODS = 4
const HOUR_NS = 3600e9

export interface Slot {
  startNs: number
  packets: number
  wireBytes: number
}

export interface Patterns {
  slotNs: number
  peaks: Slot[]
  valleys: Slot[]
  /** Period at which the traffic repeats itself most, and how well, 0 to 1; null when it does not. */
  rhythm: { periodNs: number; correlation: number } | null
  /** Traffic by hour of the day in UTC, of captures longer than an hour: hour, packets, bytes. */
  hours: [number, number, number][]
}

/** Peaks, valleys, rhythm and hours of the traffic. Slots are shorter than asked for in captures too short for eight of them. */
export function findPatterns(bins: TimeBins, capture: CaptureSummary, askedSlotNs: number): Patterns {
  const slotNs = Math.min(askedSlotNs, capture.durationNs / LEAST_SLOTS)
  const factor = Math.max(1, Math.floor(slotNs / bins.widthNs))
  const slots = dense(bins, factor)
  const counts = slots.map(({ packets }) => packets)
  const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length)
  const deviation = Math.sqrt(counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / Math.max(1, counts.length))
  const isMeaningful = counts.length >= LEAST_SLOTS && deviation > 0
  return {
    slotNs: bins.widthNs * factor,
    peaks: isMeaningful ? slots.filter(({ packets }) => packets > mean + PEAK_DEVIATIONS * deviation) : [],
    valleys:
      isMeaningful && mean > VALLEY_LEAST_MEAN
        ? slots.filter(({ packets }) => packets < mean - VALLEY_DEVIATIONS * deviation && packets < VALLEY_RATIO * mean)
        : [],
    rhythm: findRhythm(bins),
    hours: hoursOf(bins, capture),
  }
}

/** Slots from the first to the last, empty ones included; none when they would be too many. */
function dense(bins: TimeBins, factor: number): Slot[] {
  const [firstBin, lastBin] = extent(bins)
  const first = Math.floor(firstBin / factor)
  const count = Math.floor(lastBin / factor) - first + 1
  if (count > MOST_SERIES || count <= 0) return []
  const widthNs = bins.widthNs * factor
  const series = Array.from(
    { length: count },
    (_, i): Slot => ({
      startNs: (first + i) * widthNs,
      packets: 0,
      wireBytes: 0,
    }),
  )
  const { slots, values } = bins
  for (let at = 0; at < slots.size * BIN_WIDTH; at += BIN_WIDTH) {
    const into = series[Math.floor(values[at + BIN_INDEX] / factor) - first]
    into.packets += values[at + BIN_PACKETS]
    into.wireBytes += values[at + BIN_BYTES]
  }
  return series
}

/** The lag with the greatest autocorrelation of packets a second, among those that fit four times. O(n²), n ≤ 4 096. */
function findRhythm(bins: TimeBins): Patterns['rhythm'] {
  const factor = Math.max(1, Math.round(1e9 / bins.widthNs))
  const series = dense(bins, factor).map(({ packets }) => packets)
  const mean = series.reduce((sum, value) => sum + value, 0) / Math.max(1, series.length)
  const centred = Float64Array.from(series, (value) => value - mean)
  const power = centred.reduce((sum, value) => sum + value * value, 0)
  if (power === 0) return null
  let best = { lag: 0, correlation: 0 }
  let wasBelow = false
  for (let lag = 1; lag * LEAST_PERIODS <= series.length; lag++) {
    let sum = 0
    for (let i = lag; i < centred.length; i++) sum += centred[i] * centred[i - lag]
    const correlation = sum / power
    // neighbours resemble each other: a rhythm begins after the first lag that does not
    if (correlation < LEAST_CORRELATION / 2) wasBelow = true
    if (wasBelow && correlation > best.correlation) best = { lag, correlation }
  }
  if (best.correlation < LEAST_CORRELATION) return null
  return { periodNs: best.lag * factor * bins.widthNs, correlation: Math.round(best.correlation * 1000) / 1000 }
}

function hoursOf(bins: TimeBins, { firstTime, durationNs }: CaptureSummary): Patterns['hours'] {
  if (firstTime === null || durationNs < HOUR_NS || bins.widthNs > HOUR_NS) return []
  const startNs = (Number.parseFloat(firstTime) * 1e9) % (24 * HOUR_NS)
  const hours = new Map<number, [number, number, number]>()
  for (const bin of binsInOrder(bins, 1)) {
    const hour = ((Math.floor((startNs + bin.firstTimeNs) / HOUR_NS) % 24) + 24) % 24
    const sum = hours.get(hour) ?? [hour, 0, 0]
    sum[1] += bin.packets
    sum[2] += bin.wireBytes
    hours.set(hour, sum)
  }
  return [...hours.values()].sort(([a], [b]) => a - b)
}
