import type { Vantage } from '../quality/vantage-point.ts'
import type { CheckId, VantagePoint } from '../report.ts'

type Numbers = Readonly<Record<string, number>>

/** How a check of the capture's quality is told. */
export interface CheckWords {
  /** What is wrong when it fails, in a few words for the verdict. */
  readonly failing: string
  /** One sentence without its final stop; `ok` is null where there was no occasion to judge. */
  text(ok: boolean | null, numbers: Numbers, vantage: Vantage): string
  /** What to do when it fails; the commands follow. */
  readonly advice: string
}

/** The words for the quality of a capture in one language. */
export interface QualityWords {
  readonly places: Readonly<Record<VantagePoint, string>>
  readonly checks: Readonly<Record<CheckId, CheckWords>>
  /** The verdict: where it was taken, and what is wrong with it. */
  verdict(place: string, failing: readonly string[], counts: { checks: number; untold: number }): string
  readonly empty: string
}
