import type { Section, Table, Unit } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { textTable } from '../terminal/text-table.ts'
import { countText, valueText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { Layout } from './layout.ts'

const INDENT = 2
const textUnits: readonly Unit[] = ['address', 'protocol', 'text', 'filter', 'time']

/** Any section, by the units of its values alone. */
export function sectionText(section: Section, layout: Layout): string {
  const { columns, style } = layout
  const view = section.view === null ? '' : section.view === 'ours' ? ' (our view)' : " (tshark 4.0.17's view)"
  const width = Math.max(0, ...section.facts.map(({ label }) => label.length)) + 2
  const facts = section.facts.map(({ label, value, unit, note }) =>
    labelled(safeText(label), note ?? valueText(value, unit), width, columns, INDENT),
  )
  const tables = section.tables.filter(({ rows }) => rows.length > 0).map((table) => tableText(table, layout))
  return [style.bold(`${safeText(section.title)}${view}`), ...facts, ...tables].join('\n')
}

function tableText(table: Table, { columns, style }: Layout): string {
  const header = table.columns.map(({ label, unit }) => ({
    label: safeText(label),
    alignment: textUnits.includes(unit) ? ('left' as const) : ('right' as const),
  }))
  const rows = table.rows.map((row) => row.map((value, i) => valueText(value, table.columns[i].unit)))
  const cut = table.rows.length < table.total ? ` (${countText(table.rows.length)} of ${countText(table.total)})` : ''
  const [head, ...lines] = textTable(header, rows, columns - INDENT)
  const gap = ' '.repeat(INDENT)
  return [
    '',
    `${gap}${style.underline(`${safeText(table.title)}${cut}`)}`,
    gap + style.dim(head),
    ...lines.map((line) => gap + line),
  ].join('\n')
}
