import { statSync } from 'node:fs'
import type { Language, Report, SettingValues } from '@pcap-analyzer/engine'
import { analyzeFiles } from '@pcap-analyzer/engine/node'
import { reportJson } from '@pcap-analyzer/report/json'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import { loadSettings } from '../config/load-settings.ts'
import { defaultSettings } from '../config/settings.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { planExports } from '../export/export-plan.ts'
import { expandFiles } from '../files/expand-files.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { holdOldGeneration } from '../old-generation.ts'
import { warningLines } from '../summary/completeness.ts'
import { startProgress } from '../terminal/progress.ts'
import { newStyle } from '../terminal/style.ts'
import { type SummaryWords, summaryWords } from '../words/summary-words.ts'
import { fixYoungGeneration } from '../young-generation.ts'
import { isAtLeast } from './fail-on.ts'
import { reportBase } from './report-path.ts'
import { type ReportFile, writeNewFiles, writeWholeFile } from './write-report.ts'

/** Captures up to this size are read again for details without being asked. */
const MOST_BYTES_READ_TWICE = 256 << 20

/** Analyses the captures, writes the report, prints the summary. */
export async function runAnalyze(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  if (options.json === true && options.quiet === true) {
    throw new CommandError('USAGE', '--json and --quiet exclude each other', { hint: 'leave one of them out' })
  }
  const planned = planExports(options)
  const settings = await loadSettings(options.config as string | undefined)
  const files = expandFiles(args)
  const limits = { ...settings.values.limits, ...findLargeLimits(options) }
  const latencySeconds = (options.latency as number | undefined) ?? settings.values.latencySeconds
  const isQuiet = options.quiet === true
  if (files.every(isRegularFile)) context.exitOnInterrupt()
  const progress = await startProgress(context, files, !isQuiet)
  const language = (options.lang as Language | undefined) ?? settings.values.language
  const words = summaryWords[language]
  const analysis = {
    limits,
    settings: changedSettings(settings.values.engine),
    language,
    ...(latencySeconds === null ? {} : { latencySeconds }),
  }
  let report: Report
  try {
    fixYoungGeneration()
    report = await analyzeFiles(files, {
      ...analysis,
      onProgress: holdOldGeneration(progress?.update),
    })
  } finally {
    progress?.stop()
  }
  const captures = rereadable(files)
  const isWritten = options.report !== false && (options.json !== true || options.output !== undefined)
  if (captures !== null && (isWritten || planned.length > 0)) {
    const { addDetails, sealReport } = await import('@pcap-analyzer/report/written')
    const isAsked = planned.some(({ form }) => form === 'html')
    const hasDetails = options.details !== false && (isAsked || totalBytes(captures) <= MOST_BYTES_READ_TWICE)
    if (hasDetails) report = await addDetails(report, captures, { limits })
    report = sealReport(report, captures, analysis)
  }

  const written = isWritten ? await writeReport(report, context, options, settings.values.reportFolder) : []
  if (planned.length > 0) {
    const { writeExports } = await import('../export/write-exports.ts')
    const told = (text: string) => context.stderr.write(`pcap-analyzer: warning: ${text}\n`)
    written.push(...(await writeExports({ report, captures, limits, warn: told }, planned)))
  }
  if (options.evidence !== undefined) {
    if (captures === null)
      throw new CommandError('USAGE', '--evidence reads the captures twice, so each must be a regular file')
    const { evidenceOfAll, writeEvidenceFiles } = await import('../evidence/write-evidence.ts')
    const wanted = evidenceOfAll(report.findings, options.evidence as string)
    await writeEvidenceFiles(context, wanted, captures, limits)
  }
  if (options.json === true) context.stdout.write(reportJson(report, 'compact'))
  if (isQuiet || options.json === true) warn(context, report, words)
  else {
    const { summaryText } = await import('../summary/summary.ts')
    const isFull = options.full === true
    const layout = { columns: context.columns, style: newStyle(context, options), isFull, words }
    context.stdout.write(summaryText(report, written, layout))
  }
  const failOn = (options.failOn as string | undefined) ?? settings.values.failOn
  const isFailed = failOn !== null && report.findings.some(({ severity }) => isAtLeast(severity, failOn))
  return isFailed ? EXIT_FINDINGS : EXIT_FINE
}

async function writeReport(
  report: Report,
  context: CommandContext,
  options: OptionValues,
  folder: string,
): Promise<ReportFile[]> {
  const { htmlReport } = await import('@pcap-analyzer/report/written')
  const base = options.output as string | undefined
  const json = { ending: '.json', content: reportJson(report, 'pretty') }
  const html = { ending: '.html', content: await htmlReport(report) }
  if (base === undefined) return writeNewFiles(folder, context.now(), [json, html])
  return [json, html].map(({ ending, content }) => writeWholeFile(`${reportBase(base)}${ending}`, content))
}

function totalBytes(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(path).size, 0)
}

/** Thresholds that are not the defaults. */
function changedSettings(values: SettingValues): SettingValues {
  const changed = Object.entries(values).map(([id, named]) => {
    const others = Object.entries(named).filter(([name, value]) => defaultSettings.engine[id]?.[name] !== value)
    return [id, Object.fromEntries(others)] as const
  })
  return Object.fromEntries(changed.filter(([, named]) => Object.keys(named).length > 0))
}

/** Captures that can be read a second time; null when one is a pipe. */
function rereadable(files: readonly string[]): readonly string[] | null {
  return files.every(isRegularFile) ? files : null
}

function warn(context: CommandContext, report: Report, words: SummaryWords): void {
  for (const line of warningLines(report.capture, words)) context.stderr.write(`pcap-analyzer: warning: ${line}\n`)
}
