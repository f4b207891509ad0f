/** Buckets a doubling of the duration is divided into; their width, and so the largest error of a percentile, is 1/32. */
const STEPS = 32
const MOST_EXACT = 1000

/** Distribution of durations in ns that can be merged: exact up to 1 000 samples, then in buckets 3 % wide. */
export interface DurationHistogram {
  count: number
  sumNs: number
  leastNs: number
  greatestNs: number
  /** The samples themselves, unordered, while there are at most 1 000; null after that. */
  exact: number[] | null
  /** Bucket -> samples, kept from the first sample on, so that merging needs no samples. */
  buckets: Map<number, number>
}

export function newHistogram(): DurationHistogram {
  return {
    count: 0,
    sumNs: 0,
    leastNs: Number.POSITIVE_INFINITY,
    greatestNs: Number.NEGATIVE_INFINITY,
    exact: [],
    buckets: new Map(),
  }
}

/** Adds a duration; negative ones, from clocks that step back, are left out. O(1). */
export function addDuration(histogram: DurationHistogram, durationNs: number): void {
  if (durationNs < 0) return
  histogram.count++
  histogram.sumNs += durationNs
  if (durationNs < histogram.leastNs) histogram.leastNs = durationNs
  if (durationNs > histogram.greatestNs) histogram.greatestNs = durationNs
  if (histogram.exact !== null) {
    if (histogram.count <= MOST_EXACT) histogram.exact.push(durationNs)
    else histogram.exact = null
  }
  const bucket = bucketOf(durationNs)
  histogram.buckets.set(bucket, (histogram.buckets.get(bucket) ?? 0) + 1)
}

/** Adds the samples of `from`; commutative and associative. */
export function mergeHistogram(into: DurationHistogram, from: DurationHistogram): void {
  into.count += from.count
  into.sumNs += from.sumNs
  into.leastNs = Math.min(into.leastNs, from.leastNs)
  into.greatestNs = Math.max(into.greatestNs, from.greatestNs)
  into.exact =
    into.exact !== null && from.exact !== null && into.count <= MOST_EXACT ? [...into.exact, ...from.exact] : null
  for (const [bucket, count] of from.buckets) into.buckets.set(bucket, (into.buckets.get(bucket) ?? 0) + count)
}

/** Nearest-rank percentile in ns, `ratio` from 0 to 1; null when there are no samples. */
export function percentileNs(histogram: DurationHistogram, ratio: number): number | null {
  if (histogram.count === 0) return null
  const rank = Math.max(1, Math.ceil(ratio * histogram.count))
  if (histogram.exact !== null) return histogram.exact.toSorted((a, b) => a - b)[rank - 1]
  let seen = 0
  for (const bucket of [...histogram.buckets.keys()].sort((a, b) => a - b)) {
    seen += histogram.buckets.get(bucket) ?? 0
    if (seen >= rank) return Math.min(Math.max(bucketStartNs(bucket), histogram.leastNs), histogram.greatestNs)
  }
  return histogram.greatestNs
}

/** Sums of integers below 2^53 are exact in any order, so the mean does not depend on how samples were split. */
export function meanNs(histogram: DurationHistogram): number | null {
  return histogram.count === 0 ? null : Math.round(histogram.sumNs / histogram.count)
}

function bucketOf(durationNs: number): number {
  if (durationNs < STEPS) return Math.floor(durationNs)
  const high = Math.floor(durationNs / 2 ** 32)
  const power = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(durationNs)
  return power * STEPS + Math.floor((durationNs / 2 ** power - 1) * STEPS)
}

function bucketStartNs(bucket: number): number {
  if (bucket < STEPS) return bucket
  const power = Math.floor(bucket / STEPS)
  return Math.round(2 ** power * (1 + (bucket - power * STEPS) / STEPS))
}
