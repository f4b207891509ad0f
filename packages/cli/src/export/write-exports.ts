import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Limits, Report } from '@pcap-analyzer/engine'
import { forms, type OutputFile } from '@pcap-analyzer/report'
import { writeCsvLists, writeParquet, writeZeekLogs } from '@pcap-analyzer/report/node'
import { type ReportFile, writeWholeFile } from '../analyze/write-report.ts'
import { CommandError } from '../errors.ts'
import type { PlannedExport } from './export-plan.ts'

const HINT = 'name another place'

/** What exports are made of. */
export interface ExportSource {
  readonly report: Report
  /** The captures of the report; null when they are not at hand. */
  readonly captures: readonly string[] | null
  readonly limits: Partial<Limits>
  /** Told what is left out, and why. */
  warn(text: string): void
}

/** Forms that take another pass over the capture, and what they write. */
const captureForms: Readonly<
  Record<string, (source: ExportSource & { captures: readonly string[] }, folder: string) => Promise<string[]>>
> = {
  csv: ({ captures, limits }, folder) => writeCsvLists(captures, folder, { limits }),
  parquet: ({ report, captures, limits }, folder) => writeParquet(report, captures, folder, { limits }),
  zeek: ({ captures, limits }, folder) => writeZeekLogs(captures, folder, { limits }),
}

/**
 * Writes the planned forms; each file is there whole or not at all.
 * @throws {CommandError} REPORT_NOT_WRITTEN; CAPTURE_NEEDED for a form that only a capture gives.
 */
export async function writeExports(source: ExportSource, planned: readonly PlannedExport[]): Promise<ReportFile[]> {
  const written: ReportFile[] = []
  for (const { form, folder, name } of planned) {
    for (const file of await filesOf(source.report, form)) {
      written.push(writeWholeFile(name ?? join(folder, file.name), file.content, HINT))
    }
    const ofCapture = captureForms[form]
    if (ofCapture === undefined) continue
    const { captures } = source
    if (captures !== null) {
      for (const path of await ofCapture({ ...source, captures }, folder)) {
        written.push({ path, bytes: statSync(path).size })
      }
    } else if (form === 'csv')
      source.warn('the complete CSV lists are left out: they need the capture, as a regular file')
    else throw captureNeeded(form)
  }
  return written
}

/** Files of one form that the report gives by itself. @throws {CommandError} CAPTURE_NEEDED. */
export async function filesOf(report: Report, id: string): Promise<readonly OutputFile[]> {
  const form = forms.find((candidate) => candidate.id === id)
  return form === undefined ? [] : await form.files(report)
}

/** What is said of a form that a report does not hold. */
export function captureNeeded(form: string): CommandError {
  return new CommandError('CAPTURE_NEEDED', `${form} has every connection, which a report does not hold`, {
    hint: 'name the capture with --capture FILE, or write it at once: pcap-analyzer analyze --format … --export-dir …',
  })
}
