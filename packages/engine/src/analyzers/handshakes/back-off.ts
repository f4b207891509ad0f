/** How the waits between repeated SYNs grow. RFC 6298 §5.5 asks for doubling; some systems begin with equal waits. */
export type BackOff = 'doubling' | 'equal then doubling' | 'equal' | 'irregular' | 'none'

const LEAST_RATIO = 1.8
const GREATEST_RATIO = 2.2
const EQUAL_TOLERANCE = 0.2
/** RFC 6298 §2.4 and §2.5: the first wait is a second or more, and waits may stop to grow at 60 s. */
const LEAST_FIRST_NS = 0.9e9
const GREATEST_WAIT_NS = 60e9

export interface BackOffVerdict {
  readonly pattern: BackOff
  /** The waits double and the first is at least a second, or as long as one wait can tell. */
  readonly isCompliant: boolean
}

/** Judges the waits between SYNs of one attempt, in ns. A capped wait of a minute or more may follow any. */
export function judgeBackOff(waitsNs: readonly number[]): BackOffVerdict {
  if (waitsNs.length === 0) return { pattern: 'none', isCompliant: true }
  let doubled = 0
  let equal = 0
  for (let i = 1; i < waitsNs.length; i++) {
    const ratio = waitsNs[i - 1] > 0 ? waitsNs[i] / waitsNs[i - 1] : Number.POSITIVE_INFINITY
    const isCapped = waitsNs[i] >= GREATEST_WAIT_NS && ratio < GREATEST_RATIO
    if ((ratio >= LEAST_RATIO && ratio <= GREATEST_RATIO) || isCapped) doubled++
    else if (doubled === 0 && Math.abs(ratio - 1) <= EQUAL_TOLERANCE) equal++
    else return { pattern: 'irregular', isCompliant: false }
  }
  const isLongEnough = waitsNs[0] >= LEAST_FIRST_NS
  if (equal === 0) return { pattern: 'doubling', isCompliant: isLongEnough }
  return { pattern: doubled > 0 ? 'equal then doubling' : 'equal', isCompliant: false }
}
