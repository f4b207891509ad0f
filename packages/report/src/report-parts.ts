import type { CaptureSummary, Report, Section, Table, Value } from '@pcap-analyzer/engine'

/** A section that the report may have. */
export function findSection(report: Report, id: string): Section | undefined {
  return report.sections.find((section) => section.id === id)
}

/** A table that a section of the report may have. */
export function findTable(report: Report, id: string, key: string): Table | undefined {
  return findSection(report, id)?.tables.find((table) => table.key === key)
}

/** Value of a fact that a section of the report may have; null when it has none. */
export function factOf(report: Report, id: string, key: string): Value {
  return findSection(report, id)?.facts.find((fact) => fact.key === key)?.value ?? null
}

/** Rows of a table as objects by the keys of its columns; none without a table. */
export function rowsOf(table: Table | undefined): Readonly<Record<string, Value>>[] {
  if (table === undefined) return []
  return table.rows.map((row) => Object.fromEntries(table.columns.map(({ key }, i) => [key, row[i]])))
}

/** Names of the capture's files; standard input has none. */
export function captureName({ files }: CaptureSummary): string {
  return files.map(({ name }) => name ?? 'standard input').join(', ')
}
