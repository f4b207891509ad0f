import { EngineError } from '../errors.ts'

/** What is wrong with a filter, with the place marked under it. */
export function filterError(filter: string, start: number, end: number, what: string, hint?: string): EngineError {
  const marked = `column ${start + 1}: ${JSON.stringify(filter.slice(start, Math.max(end, start + 1)))}`
  const place = start >= filter.length ? 'at its end' : `at ${marked}`
  return new EngineError('INVALID_FILTER', `the filter is wrong ${place}: ${what}`, hint === undefined ? {} : { hint })
}
