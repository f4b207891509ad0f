/** Lengths of a partition. */
export const periods = ['day', 'week', 'month', 'year'] as const
export type Period = (typeof periods)[number]

/** Days in UTC; the end belongs to the next one. */
export interface Span {
  readonly start: Date
  readonly end: Date
}

/** The span that `count` periods after that of a moment begins; weeks begin on Monday. */
export function spanAt(moment: Date, every: Period, count = 0): Span {
  const year = moment.getUTCFullYear()
  const month = moment.getUTCMonth()
  const day = moment.getUTCDate()
  const boundary = (step: number): Date => {
    if (every === 'year') return new Date(Date.UTC(year + step, 0, 1))
    if (every === 'month') return new Date(Date.UTC(year, month + step, 1))
    if (every === 'day') return new Date(Date.UTC(year, month, day + step))
    const sinceMonday = (moment.getUTCDay() + 6) % 7
    return new Date(Date.UTC(year, month, day - sinceMonday + 7 * step))
  }
  return { start: boundary(count), end: boundary(count + 1) }
}

/** `2026`, `2026_03` or `2026_03_09`, after the first day. */
export function spanLabel({ start }: Span, every: Period): string {
  const day = dayOf(start)
  const length = every === 'year' ? 4 : every === 'month' ? 7 : 10
  return day.slice(0, length).replaceAll('-', '_')
}

/** `2026-03-09` */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
