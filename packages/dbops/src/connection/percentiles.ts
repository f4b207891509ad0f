/** How long things took; a percentile is stated only from enough samples. */
export interface Percentiles {
  readonly p50Ms: number
  readonly p95Ms: number
  /** Null for fewer than 100 samples: one of them would decide. */
  readonly p99Ms: number | null
  readonly maxMs: number
}

/** Percentiles of at least one time, in ms. */
export function percentilesOf(timesMs: readonly number[]): Percentiles {
  const sorted = [...timesMs].sort((a, b) => a - b)
  const at = (ratio: number): number =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))].toFixed(2))
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: sorted.length >= 100 ? at(0.99) : null, maxMs: at(1) }
}

/** As words: "p50 1.2 ms, p95 3.4 ms, max 5.6 ms". */
export function formatPercentiles({ p50Ms, p95Ms, p99Ms, maxMs }: Percentiles): string {
  return `p50 ${p50Ms} ms, p95 ${p95Ms} ms${p99Ms === null ? '' : `, p99 ${p99Ms} ms`}, max ${maxMs} ms`
}
