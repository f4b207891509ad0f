/** Arithmetic mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** 100 - 100 * (sample standard deviation / mean), not below 0: 100 when all are equal. Needs two values. */
export function consistencyScore(values: readonly number[]): number {
  const mean = meanOf(values)
  if (mean === 0) return 100
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return Math.max(0, 100 - (100 * Math.sqrt(variance)) / mean)
}
