import { compileFilter, describeField, FilterError, filterFields } from '@pcap-analyzer/engine/filter'
import type { Language } from '../../language/translations.ts'

/** Fields that a packet has more than one of, so that `!=` is easily misread. */
const SEVERAL = /\b(?:(?:ip|ipv6|eth)\.addr|(?:tcp|udp)\.port)\s*(?:!=|ne\b)/
const WORD_BEFORE = /[a-z0-9_.]+$/i
const MOST_FIELDS = 8

export type FilterState =
  | { readonly is: 'empty' | 'valid' | 'ambiguous' }
  | { readonly is: 'wrong'; readonly message: string; readonly hint: string | null }

/** Whether a filter can be applied, by the very language that the service applies; what is wrong with it is told in the reader's. */
export function stateOfFilter(text: string, language: Language): FilterState {
  if (text.trim() === '') return { is: 'empty' }
  try {
    compileFilter(text)
    return { is: SEVERAL.test(text) ? 'ambiguous' : 'valid' }
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    const { message, hint } = error.told(language)
    return { is: 'wrong', message, hint: hint ?? null }
  }
}

/** A word that may stand in the place of the one before the cursor. */
export interface Suggestion {
  readonly text: string
  readonly description: string
}

/** Fields that begin with, or else hold, the word before the cursor; what they are is told in a language. */
export function fieldsFor(text: string, cursor: number, language: Language): Suggestion[] {
  const [word = ''] = WORD_BEFORE.exec(text.slice(0, cursor)) ?? []
  if (word.length < 2 || /^[\d.]+$/.test(word)) return []
  const wanted = word.toLowerCase()
  const beginning = filterFields.filter(({ name }) => name.startsWith(wanted) && name !== wanted)
  const holding = filterFields.filter(({ name }) => !name.startsWith(wanted) && name.includes(wanted))
  return [...beginning, ...holding]
    .slice(0, MOST_FIELDS)
    .map((field) => ({ text: field.name, description: describeField(field, language) }))
}

/** The text with the word before the cursor replaced, and where the cursor then stands. */
export function complete(text: string, cursor: number, word: string): { text: string; cursor: number } {
  const start = cursor - (WORD_BEFORE.exec(text.slice(0, cursor))?.[0].length ?? 0)
  return { text: text.slice(0, start) + word + text.slice(cursor), cursor: start + word.length }
}
