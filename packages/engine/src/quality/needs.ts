import { type Conclusion, type Need, type Severity, severities } from '../finding.ts'
import type { CheckId, JudgedCheck, VantagePoint } from '../report.ts'
import type { JudgedQuality } from './judge-quality.ts'

interface Limit {
  /** Checks that must not have failed. */
  readonly checks: readonly CheckId[]
  /** Most severe that a finding may be without it. */
  readonly most: Severity
  /** Without it, durations are wrong, so that no cost can be told. */
  readonly costs?: true
}

const limits: Readonly<Record<Need, Limit>> = {
  'both-directions': { checks: ['both-directions'], most: 'low' },
  'no-capture-drops': { checks: ['no-capture-drops'], most: 'medium' },
  'connection-starts': { checks: ['connection-starts'], most: 'medium' },
  'monotone-clock': { checks: ['monotone-clock'], most: 'low', costs: true },
  'true-timing': { checks: ['no-offload', 'fine-timestamps'], most: 'medium' },
  'whole-packets': { checks: ['whole-packets'], most: 'medium' },
  'no-capture-duplicates': { checks: ['no-capture-duplicates'], most: 'low' },
  'client-side': { checks: ['vantage-point'], most: 'medium' },
  'server-side': { checks: ['vantage-point'], most: 'medium' },
}

/** A conclusion as far as the capture supports it. */
export interface LimitedConclusion {
  readonly conclusion: Conclusion
  /** Checks that failed it, for the words. */
  readonly failed: readonly JudgedCheck[]
  /** The capture could not have shown what the conclusion says is missing. */
  readonly isWithheld: boolean
}

/** Caps a conclusion by what it needs and the capture has not; one that rests on something being absent is withheld. */
export function limitConclusion(conclusion: Conclusion, quality: JudgedQuality): LimitedConclusion {
  const missing = conclusion.needs.filter((need) => isMissing(need, quality))
  if (missing.length === 0) return { conclusion, failed: [], isWithheld: false }
  const failed = quality.checks.filter((check) => missing.some((need) => isFailedBy(check, need)))
  const most = missing.map((need) => limits[need].most).reduce(milder)
  const isWithoutCost = missing.some((need) => limits[need].costs === true)
  return {
    conclusion: {
      ...conclusion,
      severity: milder(conclusion.severity, most),
      confidence: 'low',
      costNs: isWithoutCost ? null : conclusion.costNs,
    },
    failed,
    isWithheld: conclusion.isAbsence === true && failed.some(isHopeless),
  }
}

/** Whether the capture is known not to have it; what cannot be told is not held against a finding. */
export function isMissing(need: Need, quality: JudgedQuality): boolean {
  const side = sides[need]
  if (side === undefined) return quality.checks.some((check) => check.ok === false && isFailedBy(check, need))
  const { place } = quality.vantage
  return place !== 'unknown' && place !== 'both' && place !== side
}

const sides: Partial<Readonly<Record<Need, VantagePoint>>> = { 'client-side': 'client', 'server-side': 'server' }

function isFailedBy({ id, ok }: JudgedCheck, need: Need): boolean {
  return (ok === false || sides[need] !== undefined) && limits[need].checks.includes(id)
}

/** So few connections are seen in both directions that an answer that is missing says nothing. */
function isHopeless({ id, numbers }: JudgedCheck): boolean {
  return id === 'both-directions' && numbers.oneWay >= 0.9 * numbers.connections
}

function milder(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) < severities.indexOf(b) ? a : b
}
