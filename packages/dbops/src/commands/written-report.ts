import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Call, listOption, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import type { Check, Outcome } from '../command/outcome.ts'
import { compareWithLastRun, formatComparison } from '../doctor/compare-runs.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { reportForms } from '../report/report-forms.ts'

/** Options of every report. */
export const reportOptions = [
  { flags: '--to-file <file>', description: 'new file; .html, .md, .csv or .json' },
  {
    flags: '--attach <file>',
    description: 'evidence that is named in the report with its hash; may be given several times',
    isRepeatable: true,
  },
  {
    flags: '--period <days>',
    description: 'so many days until now: held against the report from their beginning (default: against the last one)',
  },
] as const

/** Of `--period`; 0 without it. @throws {DbopsError} USAGE */
export function periodOf(call: Call, defaultDays = 0): number {
  return numberOption(call, 'period', defaultDays, textOption(call, 'period') === null ? 0 : 1) * 86_400_000
}

/** Writes a report in the form its name ends with, held against the last one of its kind and target, or that of the period. @throws {DbopsError} USAGE, REFUSED */
export function writtenReport(call: Call, title: string, target: string | null, checks: readonly Check[]): Outcome {
  const path = requiredOption(call, 'toFile', '--to-file')
  const form = Object.entries(reportForms).find(([end]) => path.endsWith(end))?.[1]
  if (form === undefined)
    throw new DbopsError('USAGE', `--to-file ${path} has no form`, {
      hint: `end it with ${Object.keys(reportForms).join(', ')}`,
    })
  if (existsSync(path)) throw new DbopsError('REFUSED', `${path} exists, and is not written over`)
  const failed = checks.filter(({ verdict }) => verdict === 'fail').length
  const attachments = listOption(call, 'attach').map(attachment)
  const comparison = compareWithLastRun(
    call.stateFolder,
    `report ${title} ${target ?? ''}`,
    checks,
    call.now(),
    periodOf(call),
  )
  const content = {
    title,
    target,
    at: call.now(),
    summary: `${checks.length} checks, ${failed} failed`,
    since: comparison === null ? null : formatComparison(comparison),
    attachments,
    checks,
  }
  writeFileSync(path, form(content), { mode: 0o600, flag: 'wx' })
  return {
    summary: `${path}: ${content.summary}`,
    exitCode: EXIT_FINE,
    text: content.since ?? '',
    data: { path, failed, since: comparison, attachments },
  }
}

function attachment(path: string): { name: string; bytes: number; sha256: string } {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new DbopsError('USAGE', `--attach ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
  return { name: basename(path), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
