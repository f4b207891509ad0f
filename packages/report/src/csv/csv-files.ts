import { type Column, type Finding, type Report, rowOf, type Unit, type Value } from '@pcap-analyzer/engine'
import { findingColumns } from '../finding-columns.ts'
import type { OutputFile } from '../form.ts'
import { csvText } from './csv-text.ts'
import { originalFiles } from './original-files.ts'

/** The set of CSV files that a report can be told in; complete lists come of the capture (see lists/). */
export function csvFiles(report: Report): OutputFile[] {
  return [
    ...originalFiles(report),
    { name: 'findings.csv', content: findingsCsv(report.findings) },
    { name: 'security_events.csv', content: findingsCsv(report.findings.filter(({ attack }) => attack.length > 0)) },
    { name: 'quality.csv', content: qualityCsv(report) },
    ...report.sections.flatMap(({ id, facts, tables }) => [
      { name: `sections/${id}.csv`, content: factsCsv(facts) },
      ...tables.map((table) => ({
        name: `sections/${id}.${table.key}.csv`,
        content: csvText(table.columns.map(headOf), table.rows),
      })),
    ]),
  ]
}

const unitWords: Readonly<Partial<Record<Unit, string>>> = {
  bytes: 'bytes',
  ns: 'ns',
  ratio: 'ratio',
  bitsPerSecond: 'bit/s',
  packetsPerSecond: 'packets/s',
}

/** Head of a column, with the unit where its values have one: `Duration (ns)`. */
export function headOf({ label, unit }: Column): string {
  const word = unitWords[unit]
  return word === undefined ? label : `${label} (${word})`
}

function findingsCsv(findings: readonly Finding[]): string {
  return csvText(
    findingColumns.map(headOf),
    findings.map((finding) => rowOf(findingColumns, finding)),
  )
}

function qualityCsv({ quality }: Report): string {
  return csvText(
    ['Check', 'Passed', 'Text'],
    quality.checks.map(({ id, ok, text }): Value[] => [id, ok === null ? 'no occasion' : ok ? 'yes' : 'no', text]),
  )
}

function factsCsv(facts: Report['sections'][number]['facts']): string {
  return csvText(
    ['Key', 'Label', 'Unit', 'Value'],
    facts.map(({ key, label, unit, value }): Value[] => [key, label, unit, value]),
  )
}
