import type { Style } from '../terminal/style.ts'
import type { SummaryWords } from '../words/summary-words.ts'

/** How the summary is laid out. */
export interface Layout {
  readonly columns: number
  readonly style: Style
  /** Every section, and what was ruled out. */
  readonly isFull: boolean
  /** Words of the report's language. */
  readonly words: SummaryWords
}

/** Columns of the labels at the left of the summary, with the gap. */
export const LABEL_COLUMNS = 14
