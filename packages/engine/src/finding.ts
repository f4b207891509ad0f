export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical'
export const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

export type Confidence = 'low' | 'medium' | 'high'

/** Frames that a display filter names one by one; evidence keeps as many. */
export const MOST_NAMED_FRAMES = 1000

/** Frames that prove a finding: ascending, capped; `total` says how many there are. */
export interface Evidence {
  readonly frames: readonly number[]
  readonly total: number
}

/**
 * What a capture must have for a finding to hold. Where it has not, the finding is capped or withheld, and says why.
 * `both-directions`: not one-way; `no-capture-drops`: the capture itself lost no packets; `connection-starts`: connections are seen from
 * their first packet; `monotone-clock`: time does not step; `true-timing`: time stamps fine enough, not taken after offload;
 * `whole-packets`: payload not cut by the snap length; `no-capture-duplicates`: packets are recorded once; `client-side` or
 * `server-side`: taken near that end.
 */
export type Need =
  | 'both-directions'
  | 'no-capture-drops'
  | 'connection-starts'
  | 'monotone-clock'
  | 'true-timing'
  | 'whole-packets'
  | 'no-capture-duplicates'
  | 'client-side'
  | 'server-side'

/** Numbers and captured texts that the words of a finding are made with; durations in ns. */
export type Values = Readonly<Record<string, number | string>>

/** An explanation that was considered, by its name in the catalogue; `values` hold the number that decided. */
export interface Test {
  readonly id: string
  readonly accepted: boolean
  readonly values: Values
}

interface Judgment {
  /** The rule, kebab-case: `tcp-zero-window`. */
  readonly kind: string
  /** Stable identity: rule and normalised subject, `tcp-zero-window:10.0.0.1:80-10.0.0.2:4711`. */
  readonly key: string
  readonly severity: Severity
  readonly confidence: Confidence
  /** Time it cost somebody, in ns; null when it costs none that could be counted. */
  readonly costNs: number | null
  readonly evidence: Evidence
  /** Wireshark display filter that selects exactly the evidence (all of it, not only the frames listed). */
  readonly displayFilter: string
  /** Which of the two views of TCP the numbers are from; null where there is only one. */
  readonly view: 'tshark' | 'ours' | null
}

/** What an analyzer concludes. The narrative puts words to it, in each language, from the catalogue entry of its kind. */
export interface Conclusion extends Judgment {
  readonly values: Values
  readonly hypotheses: readonly Test[]
  readonly needs: readonly Need[]
  /** It says that something is not there, so it is withheld where the capture could not have shown it. */
  readonly isAbsence?: true
  /** All hosts whose doing it is, where they are few and known: it says the same as what is said of them. */
  readonly causedBy?: readonly string[]
  /** Of how many its shares, means or percentiles are; few lower its confidence. */
  readonly samples?: number
  /** Frames whose lateness it accounts for: findings that have no other evidence blame the wrong one. Ascending. */
  readonly explains?: readonly number[]
  /** Techniques of MITRE ATT&CK, `T1046`; of security findings only. */
  readonly attack?: readonly string[]
}

/** An explanation that was considered, and the number that decided. */
export interface Hypothesis extends Test {
  readonly statement: string
  readonly because: string
}

/** A judgment in words, with evidence: what is wrong, what proves it, what it costs, what was ruled out, what to do next. */
export interface Finding extends Judgment {
  /** One sentence with the numbers in it. */
  readonly summary: string
  /** What the words are made of, so that they can be told in another language. */
  readonly values: Values
  readonly hypotheses: readonly Hypothesis[]
  readonly nextStep: string
  readonly needs: readonly Need[]
  /** Why severity or confidence was lowered: what the capture cannot support. */
  readonly limitedBy: readonly string[]
  /** Of how many its shares, means or percentiles are; null where it has none. */
  readonly samples: number | null
  readonly attack: readonly string[]
  /** What else, harmless, looks like this; of security findings. */
  readonly innocentExplanations: readonly string[]
  /** What would confirm or refute it; of security findings. */
  readonly confirmOrRefute: readonly string[]
}
