import type { Column, Finding, Report, Unit, Value } from '@pcap-analyzer/engine'
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
  const head = ['Key', 'Kind', 'Severity', 'Confidence', 'Summary', 'Cost (ns)', 'Frames', 'Frames in all', 'Filter']
  const more = ['View', 'Accepted', 'Rejected', 'Limited by', 'Next step', 'ATT&CK', 'Innocent explanations']
  return csvText(
    [...head, ...more],
    findings.map((one): Value[] => [
      one.key,
      one.kind,
      one.severity,
      one.confidence,
      one.summary,
      one.costNs,
      one.evidence.frames.join(' '),
      one.evidence.total,
      one.displayFilter,
      one.view,
      hypotheses(one, true),
      hypotheses(one, false),
      one.limitedBy.join('; '),
      one.nextStep,
      one.attack.join(' '),
      one.innocentExplanations.join('; '),
    ]),
  )
}

function hypotheses(finding: Finding, isAccepted: boolean): string {
  return finding.hypotheses
    .filter(({ accepted }) => accepted === isAccepted)
    .map(({ statement, because }) => `${statement} (${because})`)
    .join('; ')
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
