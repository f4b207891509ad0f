import type { Grade, HealthMetricId, JudgedHealthPart, JudgedSecurity, PhenomenonId } from '../report.ts'

/** The words for the health score, and for what was not seen, in one language. */
export interface HealthWords {
  readonly grades: Readonly<Record<Grade, string>>
  /** The score in one sentence. */
  score(score: number, grade: string): string
  readonly unknown: string
  readonly metrics: Readonly<Record<HealthMetricId, string>>
  /** A metric that is known: value, penalty, and the points it takes. */
  known(metric: string, part: JudgedHealthPart): string
  /** One that is not; `reasons` are failed checks in words. */
  missing(metric: string, part: JudgedHealthPart, reasons: readonly string[]): string
  security(security: JudgedSecurity): string
  readonly phenomena: Readonly<Record<PhenomenonId, (of: number) => string>>
  /** The whole answer: what was not seen, and whether it would have been. */
  notSeen(phenomenon: string, visible: string): string
  readonly visible: string
  invisible(reasons: readonly string[]): string
}
