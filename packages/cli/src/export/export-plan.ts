import { join } from 'node:path'
import type { OptionValues } from '../commands/command.ts'
import { formatWords } from '../commands/shared-options.ts'
import { CommandError } from '../errors.ts'

/** A form and the folder its files go to; `name` instead of the form's own when the user named the file. */
export interface PlannedExport {
  readonly form: string
  readonly folder: string
  readonly name?: string
}

/**
 * What the options ask to be written beside the JSON report.
 * @throws {CommandError} USAGE when --format says what and nothing says where, or --no-report takes back what --output asks for.
 */
export function planExports(options: OptionValues): PlannedExport[] {
  if (options.report === false && options.output !== undefined)
    throw new CommandError('USAGE', '--output and --no-report contradict each other', { hint: 'leave one of them out' })
  const { exportHtml, exportCsv, exportDir, format } = options as Readonly<Record<string, string | undefined>>
  const named = namedForms(format as unknown as readonly string[] | undefined)
  const planned: PlannedExport[] = []
  if (exportHtml !== undefined) planned.push({ form: 'html', folder: '', name: exportHtml })
  if (exportCsv !== undefined) planned.push({ form: 'csv', folder: exportCsv })
  if (exportDir !== undefined) {
    for (const form of named ?? ['html', 'csv']) {
      planned.push({ form, folder: form === 'csv' || form === 'parquet' ? join(exportDir, form) : exportDir })
    }
  } else if (named !== null && planned.length === 0) {
    throw new CommandError('USAGE', '--format does not say where the files go', { hint: 'add --export-dir FOLDER' })
  }
  return planned
}

/** The forms that --format names; null without the option. */
export function namedForms(words: readonly string[] | undefined): readonly string[] | null {
  if (words === undefined) return null
  return words.includes('all') ? formatWords : words
}
