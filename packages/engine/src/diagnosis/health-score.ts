import { type Conclusion, type Severity, severities } from '../finding.ts'
import { isMissing, type JudgedQuality } from '../quality/index.ts'
import type { CheckId, Grade, JudgedHealthPart, JudgedSecurity } from '../report.ts'
import { type HealthMetric, healthMetrics } from './health-metrics.ts'
import type { HealthSetting } from './health-settings.ts'
import { penaltyOf } from './penalty-curve.ts'
import type { SectionFacts } from './section-facts.ts'

/** Techniques that by themselves make connection attempts fail, by scanning and flooding, and servers slow, by flooding. */
const doneOnPurpose: Partial<Readonly<Record<HealthMetric['id'], readonly string[]>>> = {
  connections: ['T1046', 'T1595', 'T1498', 'T1499'],
  'slow-servers': ['T1498', 'T1499'],
}

/** The score with its parts, without words. */
export interface JudgedHealth {
  /** 0 … 100; null when no metric is known. */
  readonly score: number | null
  readonly grade: Grade | null
  readonly parts: readonly JudgedHealthPart[]
  readonly security: JudgedSecurity
}

/**
 * One number for how well the network did, with everything it is made of. Each phenomenon counts once; a metric that is not known is
 * left out, and its weight with it; worse traffic never scores better. The worst security finding takes points off at the end.
 */
export function healthScore(
  facts: SectionFacts,
  conclusions: readonly Conclusion[],
  quality: JudgedQuality,
  setting: (name: HealthSetting) => number,
): JudgedHealth {
  const measured = healthMetrics.map((metric) => measure(metric, facts, conclusions, quality))
  const weights = measured.map(({ id, value }) => (value === null ? 0 : setting(weightNames[id])))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const parts = measured.map((part, i) => ({
    ...part,
    weight: setting(weightNames[part.id]),
    points: total === 0 ? 0 : oneDecimal((weights[i] * part.penalty) / total),
  }))
  const security = judgeSecurity(conclusions, setting)
  const isUnknown = total === 0 && security.points === 0
  const lost = measured.reduce((sum, { penalty }, i) => sum + weights[i] * penalty, 0)
  const score = isUnknown ? null : oneDecimal(Math.max(0, 100 - (total === 0 ? 0 : lost / total) - security.points))
  return { score, grade: score === null ? null : gradeOf(score), parts, security }
}

const weightNames: Readonly<Record<HealthMetric['id'], HealthSetting>> = {
  loss: 'lossWeight',
  latency: 'latencyWeight',
  connections: 'connectionsWeight',
  'name-resolution': 'nameResolutionWeight',
  'slow-servers': 'slowServersWeight',
  jitter: 'jitterWeight',
  'closed-windows': 'closedWindowsWeight',
  reordering: 'reorderingWeight',
}

function measure(
  metric: HealthMetric,
  facts: SectionFacts,
  conclusions: readonly Conclusion[],
  quality: JudgedQuality,
): Omit<JudgedHealthPart, 'weight' | 'points'> {
  const { id, unit, curve } = metric
  const samples = facts.sum(metric.samples)
  const part = { id, unit, samples, failedChecks: failedChecks(metric, quality) }
  const unknown = { ...part, value: null, penalty: 0 }
  if (samples < metric.leastSamples) return { ...unknown, missing: 'too-few-samples' }
  if (part.failedChecks.length > 0) return { ...unknown, missing: 'quality' }
  if (conclusions.some((conclusion) => isOnPurpose(id, conclusion))) return { ...unknown, missing: 'security' }
  const value = isToldWithCause(id, conclusions) ? 0 : metric.measure(facts, samples)
  if (value === null) return { ...unknown, missing: 'too-few-samples' }
  return { ...part, value, penalty: oneDecimal(penaltyOf(curve, value)), missing: null }
}

function failedChecks({ needs }: HealthMetric, quality: JudgedQuality): CheckId[] {
  if (!needs.some((need) => isMissing(need, quality))) return []
  return quality.checks.filter(({ id, ok }) => ok === false && needs.some((need) => need === id)).map(({ id }) => id)
}

function isOnPurpose(metric: HealthMetric['id'], { attack = [] }: Conclusion): boolean {
  const techniques = doneOnPurpose[metric] ?? []
  return attack.some((technique) => techniques.some((id) => technique.split('.')[0] === id))
}

/** Slow answers whose finding was dropped or left without severity, because another tells the cause: a queue that grew, a flood. */
function isToldWithCause(metric: HealthMetric['id'], conclusions: readonly Conclusion[]): boolean {
  const slow = conclusions.filter(({ kind }) => kind === 'http-slow-server')
  const isDropped = slow.length === 0 && conclusions.some(({ kind }) => kind === 'bufferbloat')
  const isOnlyRead = slow.length > 0 && slow.every(({ severity }) => severity === 'info')
  return metric === 'slow-servers' && (isDropped || isOnlyRead)
}

/** Only the worst finding counts: several detectors may see one attack. */
function judgeSecurity(conclusions: readonly Conclusion[], setting: (name: HealthSetting) => number): JudgedSecurity {
  const found = conclusions.filter(({ attack = [] }) => attack.length > 0)
  const worst = found.reduce<Severity>(
    (most, { severity }) => (severities.indexOf(severity) > severities.indexOf(most) ? severity : most),
    'info',
  )
  return { findings: found.length, worst: found.length === 0 ? null : worst, points: deductions[worst](setting) }
}

const deductions: Readonly<Record<Severity, (setting: (name: HealthSetting) => number) => number>> = {
  info: () => 0,
  low: (setting) => setting('lowSecurity'),
  medium: (setting) => setting('mediumSecurity'),
  high: (setting) => setting('highSecurity'),
  critical: (setting) => setting('criticalSecurity'),
}

function gradeOf(score: number): Grade {
  if (score >= 95) return 'excellent'
  if (score >= 85) return 'good'
  if (score >= 65) return 'fair'
  if (score >= 45) return 'poor'
  return score >= 25 ? 'bad' : 'failing'
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10
}
