import type { Value } from '@pcap-analyzer/engine'
import { escapeUnseen } from '@pcap-analyzer/viewer/format'

const NEEDS_QUOTES = /[",\r\n]/
/** What a spreadsheet takes for the start of a formula (OWASP, CSV injection). */
const BEGINS_FORMULA = /^[=+\-@\t\r\n|%]/
/** Lines of comma-separated values (RFC 4180): a head and rows, each ended by CR LF. */
export function csvText(head: readonly string[], rows: Iterable<readonly Value[]>): string {
  let text = csvLine(head)
  for (const row of rows) text += csvLine(row)
  return text
}

/** One line with its end. */
export function csvLine(values: readonly Value[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

/**
 * A cell. Text that a spreadsheet would take for a formula gets an apostrophe in front; invisible characters are written as escapes;
 * numbers are plain decimals in the unit of their column.
 */
export function csvCell(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const seen = escapeUnseen(value, '\t\r\n')
  const safe = BEGINS_FORMULA.test(seen) ? `'${seen}` : seen
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
