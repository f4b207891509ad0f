import { allocate } from './memory'

// Distribution of durations, in the buckets of src/analyzers/support/duration-histogram.ts.
const STEPS = 32
const MOST_EXACT = 1000
const BUCKETS: usize = 64 * 32

/** The first samples themselves, then counts by bucket of all; the order is that of src/core/durations.ts. */
@unmanaged
export class Durations {
  count: i32
  padding: i32
  sumNs: f64
  leastNs: f64
  greatestNs: f64

  add(durationNs: f64): void {
    const at = changetype<usize>(this) + offsetof<Durations>()
    if (this.count < MOST_EXACT) store<f64>(at + (<usize>this.count << 3), durationNs)
    if (this.count === 0 || durationNs < this.leastNs) this.leastNs = durationNs
    if (this.count === 0 || durationNs > this.greatestNs) this.greatestNs = durationNs
    this.count++
    this.sumNs += durationNs
    const bucket = at + (MOST_EXACT << 3) + (<usize>bucketOf(durationNs) << 2)
    store<i32>(bucket, load<i32>(bucket) + 1)
  }
}

export function newDurations(): Durations {
  return changetype<Durations>(allocate(offsetof<Durations>() + (MOST_EXACT << 3) + (BUCKETS << 2)))
}

function bucketOf(durationNs: f64): i32 {
  if (durationNs < STEPS) return <i32>durationNs
  const power = <i32>(63 - clz<i64>(<i64>durationNs))
  return power * STEPS + <i32>((durationNs / <f64>(<i64>1 << power) - 1) * STEPS)
}
