import type { Conclusion, Confidence } from '../finding.ts'

/** With fewer samples than this a share, a mean or a percentile may be chance; with fewer than that it is little more. */
const FEW = 20
const VERY_FEW = 5

const order: readonly Confidence[] = ['low', 'medium', 'high']

/** Lowers confidence and severity of a conclusion that rests on few samples; the same object when there are enough. */
export function limitBySamples(conclusion: Conclusion): Conclusion {
  const { samples, confidence, severity } = conclusion
  if (samples === undefined || samples >= FEW) return conclusion
  const most: Confidence = samples < VERY_FEW ? 'low' : 'medium'
  const isSevere = severity === 'high' || severity === 'critical'
  return {
    ...conclusion,
    severity: isSevere ? 'medium' : severity,
    confidence: order.indexOf(confidence) < order.indexOf(most) ? confidence : most,
  }
}
