import { analyzeFiles } from '@pcap-analyzer/engine/node'
import { findFinding } from '@pcap-analyzer/report'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import { loadSettings } from '../config/load-settings.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { expandFiles } from '../files/expand-files.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { evidenceOfAll, writeEvidenceFiles } from './write-evidence.ts'

/** Writes the frames that prove findings. */
export async function runEvidence(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const named = options.finding as string | undefined
  if (named === undefined) {
    throw new CommandError('USAGE', '--finding is missing', {
      hint: '--finding 1 is the most costly, or --finding all',
    })
  }
  const files = expandFiles(args)
  if (!files.every(isRegularFile)) {
    throw new CommandError('USAGE', 'evidence reads its captures twice, so each must be a regular file')
  }
  context.exitOnInterrupt()
  const settings = await loadSettings(options.config as string | undefined)
  const limits = { ...settings.values.limits, ...findLargeLimits(options) }
  const latencySeconds = (options.latency as number | undefined) ?? settings.values.latencySeconds
  const report = await analyzeFiles(files, {
    limits,
    settings: settings.values.engine,
    language: settings.values.language,
    ...(latencySeconds === null ? {} : { latencySeconds }),
  })
  const output = options.output as string | undefined
  const finding = named === 'all' ? null : findFinding(report, named)
  const wanted =
    finding === null
      ? evidenceOfAll(report.findings, output ?? 'evidence')
      : [{ finding, target: output ?? `${finding.kind}.pcapng` }]
  await writeEvidenceFiles(context, wanted, files, limits)
  return EXIT_FINE
}
