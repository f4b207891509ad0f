import { describeConfig } from '@pcap-analyzer/server/data'
import type { CommandContext } from '../context.ts'
import { EXIT_FINE, EXIT_USAGE, type ExitCode } from '../exit-codes.ts'
import { safeText } from '../terminal/safe-text.ts'

/** Prints what the service would read, and what is wrong with it. */
export function checkConfig({ environment, stdout }: CommandContext): ExitCode {
  const { variables, problems } = describeConfig(environment)
  const width = Math.max(...variables.map(({ name }) => name.length))
  for (const { name, shown, source } of variables) {
    stdout.write(`${name.padEnd(width)}  ${safeText(shown)}  [${source}]\n`)
  }
  stdout.write('\n')
  for (const problem of problems) stdout.write(`problem: ${safeText(problem)}\n`)
  stdout.write(problems.length === 0 ? 'the configuration is fine\n' : `${problems.length} problem(s)\n`)
  return problems.length === 0 ? EXIT_FINE : EXIT_USAGE
}
