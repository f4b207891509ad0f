import type { Tier } from '../command/outcome.ts'

/** What a setting should be, and why. */
export interface SettingExpectation {
  readonly name: string
  readonly tier: Tier
  /** Statement-ready value that satisfies. */
  readonly recommended: string
  readonly isFine: (value: string) => boolean
  readonly reason: string
  /** What to do where no statement helps. */
  readonly remedy?: string
}

export const is = (wanted: string) => (value: string) => value === wanted
export const oneOf =
  (...wanted: string[]) =>
  (value: string) =>
    wanted.includes(value)
export const positive = (value: string) => Number.parseInt(value, 10) > 0
