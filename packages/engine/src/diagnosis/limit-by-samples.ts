import { type Conclusion, type Confidence, type Severity, severities } from '../finding.ts'

/** With fewer samples than this a share, a mean or a percentile may be chance; with fewer than that it is little more. */
const FEW = 20
const VERY_FEW = 5

const order: readonly Confidence[] = ['low', 'medium', 'high']

/** Lowers confidence and severity of a conclusion that rests on few samples; the same object when there are enough. */
export function limitBySamples(conclusion: Conclusion): Conclusion {
  const { samples, confidence, severity } = conclusion
  if (samples === undefined || samples >= FEW) return conclusion
  const most: Confidence = samples < VERY_FEW ? 'low' : 'medium'
  return {
    ...conclusion,
    severity: milder(severity, samples < VERY_FEW ? 'low' : 'medium'),
    confidence: order.indexOf(confidence) < order.indexOf(most) ? confidence : most,
  }
}

function milder(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) < severities.indexOf(b) ? a : b
}
