import { EngineError } from '../errors.ts'
import { type FilterLanguage, filterSentences, type SayOfFilter } from './sentences/index.ts'
import type { Place } from './syntax.ts'

/** What is wrong with a filter, where, and what to do about it. */
export interface FilterFault {
  readonly message: string
  readonly hint: string | undefined
}

/** INVALID_FILTER: message and hint are English, and can be told in other languages. */
export class FilterError extends EngineError {
  private readonly tell: (language: FilterLanguage) => FilterFault

  constructor(tell: (language: FilterLanguage) => FilterFault) {
    const { message, hint } = tell('en')
    super('INVALID_FILTER', message, hint === undefined ? {} : { hint })
    this.tell = tell
  }

  told(language: FilterLanguage): FilterFault {
    return this.tell(language)
  }
}

/** What is wrong with a filter, with the place quoted from it. */
export function filterError(filter: string, { start, end }: Place, what: SayOfFilter, hint?: SayOfFilter): FilterError {
  const piece = JSON.stringify(filter.slice(start, Math.max(end, start + 1)))
  return new FilterError((language) => {
    const say = filterSentences[language]
    const message = start >= filter.length ? say.wrongAtEnd(what(say)) : say.wrongAt(start + 1, piece, what(say))
    return { message, hint: hint?.(say) }
  })
}
