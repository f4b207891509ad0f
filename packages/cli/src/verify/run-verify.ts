import { readReport } from '@pcap-analyzer/report'
import { verifyReport } from '@pcap-analyzer/report/node'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import type { CommandContext } from '../context.ts'
import { EXIT_FINDINGS, EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { loadReportText } from '../export/load-report.ts'
import { expandFiles } from '../files/expand-files.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { safeText } from '../terminal/safe-text.ts'

const MOST_SHOWN = 10

/** Makes a report again and says whether it is the same. */
export async function runVerify(
  context: CommandContext,
  [path, ...captures]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const text = loadReportText(path)
  const report = readReport(text)
  const files = expandFiles(captures)
  if (files.every(isRegularFile)) context.exitOnInterrupt()
  const { isIdentical, reasons, differences } = await verifyReport(text, report, files, findLargeLimits(options))
  if (isIdentical) {
    context.stdout.write('identical: this capture gives exactly this report\n')
    return EXIT_FINE
  }
  const shown = differences.slice(0, MOST_SHOWN).map((difference) => {
    const { path: place, stated, found } = difference
    return `  ${safeText(place)}: stated ${safeText(stated ?? 'nothing')}, found ${safeText(found ?? 'nothing')}\n`
  })
  context.stdout.write(`differs\n${reasons.map((reason) => `- ${safeText(reason, 600)}\n`).join('')}${shown.join('')}`)
  return EXIT_FINDINGS
}
