import type { Section, Table, Value } from '@pcap-analyzer/engine'

/** Value of a fact; null when the section has none of this key. */
export function factOf(section: Section, key: string): Value {
  return section.facts.find((fact) => fact.key === key)?.value ?? null
}

/** Table of a key. */
export function tableOf(section: Section, key: string): Table | undefined {
  return section.tables.find((table) => table.key === key)
}

/** Index of a column; -1 when the table has none of this key. */
export function columnAt(table: Table, key: string): number {
  return table.columns.findIndex((column) => column.key === key)
}
