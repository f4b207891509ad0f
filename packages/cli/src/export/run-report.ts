import { type Language, type Report, retellReport } from '@pcap-analyzer/engine'
import { writeWholeFile } from '../analyze/write-report.ts'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { namedForms, planExports } from './export-plan.ts'
import { loadReport } from './load-report.ts'
import { captureNeeded, filesOf, writeExports } from './write-exports.ts'

/** Tells a report in other forms. */
export async function runReport(
  context: CommandContext,
  [path]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const report = inLanguage(loadReport(path), path, options.lang as Language | undefined)
  const captures = options.capture === undefined ? null : [options.capture as string]
  const warn = (text: string) => context.stderr.write(`pcap-analyzer: warning: ${text}\n`)
  const source = { report, captures, limits: {}, warn }
  const hasPlace = [options.exportHtml, options.exportCsv, options.exportDir].some((place) => place !== undefined)
  if (hasPlace) {
    for (const { path: written } of await writeExports(source, planExports(options))) {
      context.stderr.write(`wrote ${written}\n`)
    }
    return EXIT_FINE
  }
  const named = namedForms(options.format as readonly string[] | undefined)
  if (named === null || named.length !== 1) {
    throw new CommandError('USAGE', 'name one form with --format, or a folder with --export-dir')
  }
  const files = await filesOf(report, named[0])
  if (files.length === 0) throw captureNeeded(named[0])
  if (files.length !== 1) {
    throw new CommandError('USAGE', `${named[0]} is several files`, { hint: 'name a folder with --export-dir' })
  }
  const { content } = files[0]
  if (options.output !== undefined) writeWholeFile(options.output as string, content, 'name another file with --output')
  else if (typeof content === 'string') context.stdout.write(content)
  else throw new CommandError('USAGE', `${named[0]} is no text`, { hint: 'name a file with -o' })
  return EXIT_FINE
}

function inLanguage(report: Report, path: string, language: Language | undefined): Report {
  if (language === undefined) return report
  try {
    return retellReport(report, language)
  } catch (cause) {
    throw new CommandError('REPORT_UNREADABLE', `cannot tell ${path} in ${language}: ${(cause as Error).message}`, {
      cause,
      hint: 'tell it without --lang, or with the version that wrote it',
    })
  }
}
