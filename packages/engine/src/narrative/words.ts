import type { Values } from '../finding.ts'

/** How a hypothesis is told. */
export interface HypothesisWords {
  readonly statement: string
  because(values: Values): string
}

/** The words of one kind of finding in one language. Numbers come from the conclusion's `values` under the names used here. */
export interface Words {
  /** One sentence with the numbers. */
  summary(values: Values): string
  nextStep: string | ((values: Values) => string)
  /** By the id of the hypothesis. */
  readonly hypotheses?: Readonly<Record<string, HypothesisWords>>
  readonly innocentExplanations?: readonly string[]
  readonly confirmOrRefute?: readonly string[]
}

/** Every kind of finding in one language; each language has the same kinds. */
export type Catalogue = Readonly<Record<string, Words>>

/** The languages of the narrative; identifiers, filters and captured text are the same in all of them. */
export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]
