import { framesFilter } from '../../analyzers/support/display-filter.ts'
import type { Conclusion, Evidence, Need, Severity, Test, Values } from '../../finding.ts'

/** Frames that a filter names one by one; a detector proves its case with the first of them. */
const MOST_PROOF_FRAMES = 1000
const MOST_LISTED = 50
/** Conclusions of one detector, the most severe first. */
const MOST_CONCLUSIONS = 50

const ranks: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 }

/** What differs between the conclusions of the detectors. */
export interface SecurityJudgment {
  readonly kind: string
  /** Who did it to whom, normalised: `10.0.0.1>10.0.0.2:22`. */
  readonly subject: string
  readonly severity: Severity
  readonly confidence: Conclusion['confidence']
  /** Of how many its shares or means are. */
  readonly samples?: number
  readonly attack: readonly string[]
  /** Frames that prove it, in any order; of more than a thousand the first thousand are the evidence. */
  readonly frames: Iterable<number>
  readonly values: Values
  readonly hypotheses: readonly Test[]
  readonly needs: readonly Need[]
}

/** A conclusion whose evidence is exactly what its display filter selects. Security costs nobody time that could be counted. */
export function securityConclusion(judgment: SecurityJudgment): Conclusion {
  const { frames, subject, ...rest } = judgment
  const proof = [...new Set(frames)].sort((a, b) => a - b).slice(0, MOST_PROOF_FRAMES)
  const evidence: Evidence = { frames: proof.slice(0, MOST_LISTED), total: proof.length }
  return {
    ...rest,
    key: `${judgment.kind}:${subject}`,
    costNs: null,
    evidence,
    displayFilter: framesFilter(proof),
    view: null,
  }
}

/** The most severe conclusions, equal ones in the order of their keys. */
export function mostSevere(conclusions: readonly Conclusion[]): Conclusion[] {
  return conclusions
    .toSorted((a, b) => ranks[b.severity] - ranks[a.severity] || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .slice(0, MOST_CONCLUSIONS)
}

/** `medium` from the threshold on, `high` from three, `critical` from seven times as much. */
export function severityOf(value: number, threshold: number): Severity {
  if (value >= 7 * threshold) return 'critical'
  return value >= 3 * threshold ? 'high' : 'medium'
}
