import type { Observations } from '../../core/observations.ts'

/** Each power of two of a duration is divided into so many buckets; the width of one, and so the largest error of a percentile, is 1/32. */
const STEPS = 32
const MOST_EXACT = 1000
const FIRST_BUCKETS = 64
const CORE_HEAD_DOUBLES = 4
const CORE_BUCKETS = 64 * STEPS
const POWERS = Float64Array.from({ length: 64 }, (_, power) => 2 ** power)

/** Distribution of durations in ns that can be merged: exact up to 1 000 samples, then in buckets 3 % wide. */
export interface DurationHistogram {
  count: number
  sumNs: number
  leastNs: number
  greatestNs: number
  /** The samples themselves, unordered, while there are at most 1 000; null after that, when the buckets count. */
  exact: number[] | null
  /** Samples of the buckets from `firstBucket` on; empty while `exact` holds them. */
  buckets: Float64Array
  firstBucket: number
}

export function newHistogram(): DurationHistogram {
  return {
    count: 0,
    sumNs: 0,
    leastNs: Number.POSITIVE_INFINITY,
    greatestNs: Number.NEGATIVE_INFINITY,
    exact: [],
    buckets: new Float64Array(0),
    firstBucket: 0,
  }
}

/** Adds a duration; negative ones, from clocks that step back, are left out. O(1). */
export function addDuration(histogram: DurationHistogram, durationNs: number): void {
  if (durationNs < 0) return
  histogram.count++
  histogram.sumNs += durationNs
  if (durationNs < histogram.leastNs) histogram.leastNs = durationNs
  if (durationNs > histogram.greatestNs) histogram.greatestNs = durationNs
  if (histogram.exact === null) addToBucket(histogram, bucketOf(durationNs), 1)
  else if (histogram.exact.length < MOST_EXACT) histogram.exact.push(durationNs)
  else {
    giveUpExact(histogram)
    addToBucket(histogram, bucketOf(durationNs), 1)
  }
}

/** Adds the samples of `from`; commutative and associative. */
export function mergeHistogram(into: DurationHistogram, from: DurationHistogram): void {
  into.count += from.count
  into.sumNs += from.sumNs
  into.leastNs = Math.min(into.leastNs, from.leastNs)
  into.greatestNs = Math.max(into.greatestNs, from.greatestNs)
  if (into.exact !== null && from.exact !== null && into.count <= MOST_EXACT) {
    for (const durationNs of from.exact) into.exact.push(durationNs)
    return
  }
  giveUpExact(into)
  for (const durationNs of from.exact ?? []) addToBucket(into, bucketOf(durationNs), 1)
  for (let i = 0; i < from.buckets.length; i++) {
    if (from.buckets[i] > 0) addToBucket(into, from.firstBucket + i, from.buckets[i])
  }
}

/** The distribution of round trips that the core keeps. */
export function coreHistogram({ words, doubles, roundTripsAt: at }: Observations): DurationHistogram {
  const count = words[at]
  if (count === 0) return newHistogram()
  const doublesAt = at >> 1
  const samplesAt = doublesAt + CORE_HEAD_DOUBLES
  const bucketsAt = (samplesAt + MOST_EXACT) * 2
  const isExact = count <= MOST_EXACT
  const first = isExact ? 0 : words.subarray(bucketsAt, bucketsAt + CORE_BUCKETS).findIndex((samples) => samples > 0)
  return {
    count,
    sumNs: doubles[doublesAt + 1],
    leastNs: doubles[doublesAt + 2],
    greatestNs: doubles[doublesAt + 3],
    exact: isExact ? Array.from(doubles.subarray(samplesAt, samplesAt + count)) : null,
    buckets: isExact
      ? new Float64Array(0)
      : Float64Array.from(words.subarray(bucketsAt + first, bucketsAt + CORE_BUCKETS)),
    firstBucket: first,
  }
}

/** Nearest-rank percentile in ns, `ratio` from 0 to 1; null when there are no samples. */
export function percentileNs(histogram: DurationHistogram, ratio: number): number | null {
  if (histogram.count === 0) return null
  const rank = Math.max(1, Math.ceil(ratio * histogram.count))
  if (histogram.exact !== null) return new Float64Array(histogram.exact).sort()[rank - 1]
  let seen = 0
  for (const [i, count] of histogram.buckets.entries()) {
    seen += count
    if (seen < rank) continue
    const startNs = bucketStartNs(histogram.firstBucket + i)
    return Math.min(Math.max(startNs, histogram.leastNs), histogram.greatestNs)
  }
  return histogram.greatestNs
}

/** Sums of integers below 2^53 are exact in any order, so the mean does not depend on how samples were split. */
export function meanNs(histogram: DurationHistogram): number | null {
  return histogram.count === 0 ? null : Math.round(histogram.sumNs / histogram.count)
}

function giveUpExact(histogram: DurationHistogram): void {
  const samples = histogram.exact ?? []
  histogram.exact = null
  for (const durationNs of samples) addToBucket(histogram, bucketOf(durationNs), 1)
}

function addToBucket(histogram: DurationHistogram, bucket: number, count: number): void {
  const at = bucket - histogram.firstBucket
  if (at < 0 || at >= histogram.buckets.length) widen(histogram, bucket)
  histogram.buckets[bucket - histogram.firstBucket] += count
}

/** Makes room for a bucket outside of those that have occurred, and for some around it. */
function widen(histogram: DurationHistogram, bucket: number): void {
  const { buckets, firstBucket } = histogram
  const isFirst = buckets.length === 0
  const first = Math.max(0, Math.min(isFirst ? bucket : firstBucket, bucket - FIRST_BUCKETS))
  const end = Math.max(isFirst ? 0 : firstBucket + buckets.length, bucket + FIRST_BUCKETS)
  histogram.buckets = new Float64Array(end - first)
  if (!isFirst) histogram.buckets.set(buckets, firstBucket - first)
  histogram.firstBucket = first
}

function bucketOf(durationNs: number): number {
  if (durationNs < STEPS) return Math.floor(durationNs)
  const high = Math.floor(durationNs / 2 ** 32)
  const power = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(durationNs)
  return power * STEPS + Math.floor((durationNs / POWERS[power] - 1) * STEPS)
}

function bucketStartNs(bucket: number): number {
  if (bucket < STEPS) return bucket
  const power = Math.floor(bucket / STEPS)
  return Math.round(POWERS[power] * (1 + (bucket - power * STEPS) / STEPS))
}
