/** Durations in ns, and rates in bytes a second, as stories tell them. */
export const MS = 1e6
export const SECOND = 1e9
export const MINUTE = 60e9

/** Bytes a second of a rate in Mbit/s. */
export function megabits(rate: number): number {
  return (rate * 1e6) / 8
}
