import { factsFile } from '@pcap-analyzer/engine/node'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import type { CommandContext } from '../context.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { loosenOldGeneration } from '../old-generation.ts'
import { fixYoungGeneration } from '../young-generation.ts'

const STANDARD_OUTPUT = 1

/** Prints the facts of one capture, or compares them with tshark. */
export async function runFacts(
  context: CommandContext,
  [path]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const limits = findLargeLimits(options)
  if (options.compareTshark === true) {
    const { runComparison } = await import('../compare-tshark/run-comparison.ts')
    return await runComparison(context, path, limits)
  }
  if (isRegularFile(path)) context.exitOnInterrupt()
  fixYoungGeneration()
  loosenOldGeneration()
  await factsFile(path, STANDARD_OUTPUT, { limits })
  return EXIT_FINE
}
