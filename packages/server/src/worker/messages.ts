/** What the child is told, as its only argument. */
export interface AnalysisOrder {
  readonly capture: string
  /** The user's name of the capture, for the report. */
  readonly name: string
  readonly folder: string
  readonly language: 'en' | 'fr'
  readonly mostExpansionRatio: number
}

/** What is known before all of the capture was read; it may change. */
export interface ProvisionalFinding {
  readonly severity: string
  readonly summary: string
}

/** How far an analysis is. */
export interface AnalysisProgress {
  readonly kind: 'progress'
  readonly percent: number
  readonly phase: 'starting' | 'reading' | 'reporting'
  readonly packets: number
  /** Worked out from the bytes read so far, until the whole capture was read. */
  readonly totalPackets: number
  readonly currentAnalyzer: string
}

/** What the child says. */
export type AnalysisMessage =
  | AnalysisProgress
  | { readonly kind: 'provisional'; readonly findings: readonly ProvisionalFinding[] }
  | { readonly kind: 'done'; readonly packets: number; readonly healthScore: number | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

export const REPORT_JSON = 'report.json'
export const REPORT_HTML = 'report.html'
