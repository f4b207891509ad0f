/**
 * How many standard deviations two samples lie apart by rank (Mann-Whitney, normal approximation): about 0 when neither tends to be larger,
 * beyond 4.9 once in a million tries by chance. Ranks, because a few slow answers of a busy machine say nothing.
 */
export function rankDifference(first: readonly number[], second: readonly number[]): number {
  let larger = 0
  for (const a of first) for (const b of second) larger += a > b ? 1 : a === b ? 0.5 : 0
  const [n, m] = [first.length, second.length]
  return (larger - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
}
