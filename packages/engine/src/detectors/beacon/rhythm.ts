/** Starts closer together belong to one beat: programs open several connections at once. */
const BEAT_NS = 1e9
/** Beats may be missed: the capture lost one, or the host slept. */
const MOST_MISSED = 2

/** How regular something happens. */
export interface Rhythm {
  readonly beats: number
  readonly medianNs: number
  /** Median absolute deviation of the intervals from their median. */
  readonly deviationNs: number
  /** Standard deviation by mean of the intervals, missed beats filled in. */
  readonly variation: number
  /** Share of the intervals that are one, two or three medians long, within the jitter allowed. */
  readonly regularShare: number
}

/** The rhythm of ascending times; null for fewer than three beats. `jitterRatio` is how far an interval may be off the median. */
export function rhythmOf(timesNs: readonly number[], jitterRatio: number): Rhythm | null {
  const beats: number[] = []
  for (const timeNs of timesNs)
    if (beats.length === 0 || timeNs - beats[beats.length - 1] >= BEAT_NS) beats.push(timeNs)
  if (beats.length < 3) return null
  const intervals = beats.slice(1).map((timeNs, i) => timeNs - beats[i])
  const medianNs = median(intervals)
  const single: number[] = []
  let regular = 0
  for (const interval of intervals) {
    const periods = Math.min(Math.max(Math.round(interval / medianNs), 1), MOST_MISSED + 1)
    if (Math.abs(interval - periods * medianNs) <= jitterRatio * medianNs) regular++
    single.push(interval / periods)
  }
  const mean = single.reduce((sum, value) => sum + value, 0) / single.length
  const variance = single.reduce((sum, value) => sum + (value - mean) ** 2, 0) / single.length
  return {
    beats: beats.length,
    medianNs,
    deviationNs: median(intervals.map((interval) => Math.abs(interval - medianNs))),
    variation: Math.sqrt(variance) / mean,
    regularShare: regular / intervals.length,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1]
}
