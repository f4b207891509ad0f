import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnalyzeOptions, analyze } from '../../src/analyze.ts'
import type { Finding } from '../../src/finding.ts'
import type { Report, Value } from '../../src/report.ts'
import { buildPcapng, type TestFrame } from '../../src/testing/index.ts'

/** Captures on which the original fails; outside of the repository. */
export const vectors = join(import.meta.dirname, '../../../../../shared/vectors')

/** Report of a capture that holds these frames, in order of time where they tell one. */
export function reportOf(frames: readonly TestFrame[], options: AnalyzeOptions = {}): Promise<Report> {
  const ordered = [...frames].sort((a, b) => timeOf(a) - timeOf(b))
  return analyze([buildPcapng(ordered)], options)
}

/** Report of one of the shared vectors. */
export function vectorReport(name: string): Promise<Report> {
  return analyze([readFileSync(join(vectors, name))])
}

/** Value of a fact; fails when the section or the fact is missing. */
export function factOf(report: Report, section: string, key: string): Value {
  const fact = report.sections.find(({ id }) => id === section)?.facts.find((one) => one.key === key)
  if (fact === undefined) throw new Error(`no fact ${section}.${key}`)
  return fact.value
}

/** Rows of a table as objects by key of the column. */
export function rowsOf(report: Report, section: string, key: string): Record<string, Value>[] {
  const table = report.sections.find(({ id }) => id === section)?.tables.find((one) => one.key === key)
  if (table === undefined) throw new Error(`no table ${section}.${key}`)
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column.key, row[i]])))
}

/** Findings whose kind begins with one of the words. */
export function findingsOf(report: Report, ...kinds: readonly string[]): Finding[] {
  return report.findings.filter(({ kind }) => kinds.some((start) => kind.startsWith(start)))
}

function timeOf(frame: TestFrame): number {
  if (frame instanceof Uint8Array || frame.seconds === undefined) return 0
  return (frame.seconds % 1_000_000) * 1e9 + (frame.nanoseconds ?? 0)
}
