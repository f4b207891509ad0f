import { join } from 'node:path'
import type { Finding, Limits } from '@pcap-analyzer/engine'
import { analyzeFiles } from '@pcap-analyzer/engine/node'
import { findFinding } from '@pcap-analyzer/report'
import { writeEvidence } from '@pcap-analyzer/report/node'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import { loadSettings } from '../config/load-settings.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { expandFiles } from '../files/expand-files.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { safeText } from '../terminal/safe-text.ts'
import { countText } from '../terminal/units.ts'

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
  if (named === 'all') {
    await writeAll(context, report.findings, files, output ?? 'evidence', limits)
    return EXIT_FINE
  }
  const finding = findFinding(report, named)
  await writeOne(context, finding, files, output ?? `${finding.kind}.pcapng`, limits)
  return EXIT_FINE
}

/** Writes a file for each finding into a folder, numbered as in the report. */
export async function writeAll(
  context: CommandContext,
  findings: readonly Finding[],
  files: readonly string[],
  folder: string,
  limits: Partial<Limits>,
): Promise<void> {
  for (const [i, finding] of findings.entries()) {
    const name = `${String(i + 1).padStart(3, '0')}-${finding.kind}.pcapng`
    await writeOne(context, finding, files, join(folder, name), limits)
  }
}

async function writeOne(
  context: CommandContext,
  finding: Finding,
  files: readonly string[],
  target: string,
  limits: Partial<Limits>,
): Promise<void> {
  try {
    const { frames, total } = await writeEvidence(finding, files, target, { limits })
    const cut = frames < total ? `${countText(frames)} of ${countText(total)}` : countText(frames)
    context.stderr.write(`wrote ${cut} frames of ${safeText(finding.key)} to ${safeText(target)}\n`)
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException
    if (syscall === undefined) throw cause
    throw new CommandError('REPORT_NOT_WRITTEN', `cannot write ${target}: ${message}`, {
      hint: 'name another place with --output',
      cause,
    })
  }
}
