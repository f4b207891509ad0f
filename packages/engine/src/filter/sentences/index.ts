import { en } from './en.ts'
import { fr } from './fr.ts'

/** English gives the sentences; a language that lacks one does not compile. */
export type FilterSentences = typeof en

/** Languages in which a filter's faults are told. */
export const filterSentences = { en, fr } satisfies Readonly<Record<string, FilterSentences>>
export type FilterLanguage = keyof typeof filterSentences

/** Picks a sentence, in whichever language it will be told. */
export type SayOfFilter = (say: FilterSentences) => string
