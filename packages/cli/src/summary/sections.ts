import type { Section, Table, Unit, Value } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { textTable } from '../terminal/text-table.ts'
import { countText, valueText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { SummaryWords } from '../words/summary-words.ts'
import type { Layout } from './layout.ts'

const INDENT = 2
const textUnits: readonly Unit[] = ['address', 'protocol', 'text', 'filter', 'time']

/** Any section, by the units of its values alone. */
export function sectionText(section: Section, layout: Layout): string {
  const { columns, style, words } = layout
  const view = section.view === null ? '' : words.sectionView(section.view)
  const width = Math.max(0, ...section.facts.map(({ label }) => label.length)) + 2
  const facts = section.facts.map(({ label, value, unit, note }) =>
    labelled(safeText(label), note ?? wordOf(value, unit, words), width, columns, INDENT),
  )
  const tables = section.tables.filter(({ rows }) => rows.length > 0).map((table) => tableText(table, layout))
  return [style.bold(`${safeText(section.title)}${view}`), ...facts, ...tables].join('\n')
}

function tableText(table: Table, { columns, style, words }: Layout): string {
  const header = table.columns.map(({ label, unit }) => ({
    label: safeText(label),
    alignment: textUnits.includes(unit) ? ('left' as const) : ('right' as const),
  }))
  const rows = table.rows.map((row) => row.map((value, i) => wordOf(value, table.columns[i].unit, words)))
  const cut = table.rows.length < table.total ? words.shownOf(table.rows.length, countText(table.total)) : ''
  const [head, ...lines] = textTable(header, rows, columns - INDENT)
  const gap = ' '.repeat(INDENT)
  return [
    '',
    `${gap}${style.underline(`${safeText(table.title)}${cut}`)}`,
    gap + style.dim(head),
    ...lines.map((line) => gap + line),
  ].join('\n')
}

function wordOf(value: Value, unit: Unit, words: SummaryWords): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no
  return typeof value === 'number' ? words.measure(valueText(value, unit)) : valueText(value, unit)
}
