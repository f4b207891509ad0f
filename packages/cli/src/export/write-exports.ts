import { join } from 'node:path'
import type { Report } from '@pcap-analyzer/engine'
import { forms, type OutputFile } from '@pcap-analyzer/report'
import { type ReportFile, writeWholeFile } from '../analyze/write-report.ts'
import { CommandError } from '../errors.ts'
import type { PlannedExport } from './export-plan.ts'

const HINT = 'name another place'

/** Writes the planned forms; each file is there whole or not at all. @throws {CommandError} REPORT_NOT_WRITTEN. */
export async function writeExports(report: Report, planned: readonly PlannedExport[]): Promise<ReportFile[]> {
  const written: ReportFile[] = []
  for (const { form, folder, name } of planned) {
    for (const file of await filesOf(report, form)) {
      written.push(writeWholeFile(name ?? join(folder, file.name), file.content, HINT))
    }
  }
  return written
}

/** Files of one form. @throws {CommandError} USAGE for an unknown one. */
export async function filesOf(report: Report, id: string): Promise<readonly OutputFile[]> {
  const form = forms.find((candidate) => candidate.id === id)
  if (form === undefined) throw new CommandError('USAGE', `there is no form ${id}`)
  return await form.files(report)
}
