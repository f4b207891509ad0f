import { migrateDatabase } from '@pcap-analyzer/server/data'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'

/** Carries the old database over and prints what became of every table. */
export async function runMigrateData(context: CommandContext, options: OptionValues): Promise<ExitCode> {
  const { environment, stdout, stderr, stderrIsTerminal } = context
  const urlOf = (name: 'sqlite' | 'postgres') => {
    const url = (options[`${name}Url`] as string | undefined) ?? environment[`${name.toUpperCase()}_URL`]
    if (url === undefined || url === '')
      throw new CommandError('USAGE', `--${name}-url is missing`, { hint: `or set ${name.toUpperCase()}_URL` })
    return url
  }
  const isDryRun = options.dryRun === true
  const reports = await migrateDatabase({
    sqliteUrl: urlOf('sqlite'),
    postgresUrl: urlOf('postgres'),
    dryRun: isDryRun,
    ...(stderrIsTerminal
      ? { onProgress: ({ table, done, total }) => stderr.write(`\r${table}: ${done} of ${total}\u001b[K`) }
      : {}),
  })
  if (stderrIsTerminal) stderr.write('\r\u001b[K')
  for (const { table, source, written, alreadyThere, leftOut, orphaned, sourceChecksum } of reports) {
    const fate = isDryRun ? 'would be carried' : `${written} written, ${alreadyThere} there already`
    const lost = leftOut > 0 ? `, ${leftOut} left out because what they belong to is gone` : ''
    const orphans = orphaned > 0 ? `, ${orphaned} without an owner now` : ''
    stdout.write(`${table}: ${source} rows, ${fate}${lost}${orphans}; checksum ${sourceChecksum.slice(0, 16)}\n`)
  }
  stdout.write(isDryRun ? 'nothing was written\n' : 'every row was read back and is the same\n')
  return EXIT_FINE
}
