export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical'
export const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

export type Confidence = 'low' | 'medium' | 'high'

/** Frames that prove a finding: ascending, capped; `total` says how many there are. */
export interface Evidence {
  readonly frames: readonly number[]
  readonly total: number
}

/** An explanation that was considered, and the number that decided. */
export interface Hypothesis {
  readonly statement: string
  readonly accepted: boolean
  readonly because: string
}

/** A judgment with evidence: what is wrong, what proves it, what it costs, what to do next. */
export interface Finding {
  /** The rule, kebab-case: `tcp-zero-window`. */
  readonly kind: string
  /** Stable identity: rule and normalised subject, `tcp-zero-window:10.0.0.1:80-10.0.0.2:4711`. */
  readonly key: string
  readonly severity: Severity
  readonly confidence: Confidence
  /** One sentence with the numbers in it. */
  readonly summary: string
  /** Time it cost somebody, in ns; null when it costs none that could be counted. */
  readonly costNs: number | null
  readonly evidence: Evidence
  /** Wireshark display filter that selects exactly the evidence (all of it, not only the frames listed). */
  readonly displayFilter: string
  /** Which of the two views of TCP the numbers are from; null where there is only one. */
  readonly view: 'tshark' | 'ours' | null
  readonly hypotheses: readonly Hypothesis[]
  readonly nextStep: string
}
