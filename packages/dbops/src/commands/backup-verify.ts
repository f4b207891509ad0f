import { type VerifyLevel, type VerifyResult, verifyBackup } from '../backup/verify-backup.ts'
import { type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE, EXIT_INTEGRITY } from '../exit-codes.ts'
import { backupKeys, identityOption, jobsOf, jobsOption } from './backup-keys.ts'
import { fromOption, placeOptions, withBackups } from './backup-place.ts'
import { smokeQueriesOf } from './smoke-queries.ts'

export const backupVerify: CommandDefinition = {
  name: 'backup verify',
  summary:
    'Verifies backups: 1 stored bytes, 2 decoding, 3 a real restore compared row by row, 4 the queries of the application.',
  options: [
    fromOption,
    { flags: '--level <number>', description: '1 to 4 (default: 3 with a server, else 2)' },
    { flags: '--all', description: 'every backup of the folder, not only the newest' },
    { flags: '--smoke <file>', description: 'SQL of level 4, one query a line; each must return a row' },
    jobsOption,
    identityOption,
    ...placeOptions,
  ],
  changes: 'files',
  example:
    'dbops backup verify --from /var/backups/app --identity backup.key --url postgresql://postgres@localhost/postgres',
  async run(call) {
    const from = requiredOption(call, 'from', '--from')
    const hasServer =
      textOption(call, 'url') !== null || textOption(call, 'service') !== null || listOption(call, 'target').length > 0
    const level = numberOption(call, 'level', hasServer ? 3 : 2, 1, 4) as VerifyLevel
    const smokeQueries = smokeQueriesOf(call)
    const results: VerifyResult[] = []
    await withBackups(call, from, async (folders) => {
      for (const folder of folders)
        results.push(
          await verifyBackup({
            ...backupKeys(call),
            folder,
            jobs: jobsOf(call),
            level,
            ...(hasServer ? { server: call.target() } : {}),
            smokeQueries,
            now: call.now,
          }),
        )
    })
    const bad = results.filter(({ isGood }) => !isGood)
    return {
      summary:
        bad.length === 0
          ? `${results.length} backup(s) verified at level ${level}`
          : `${bad.length} of ${results.length} backup(s) are not what was written`,
      exitCode: bad.length === 0 ? EXIT_FINE : EXIT_INTEGRITY,
      checks: results.map(({ id, isGood, problems, durationMs }) => ({
        id,
        title: `level ${level}`,
        verdict: isGood ? 'pass' : 'fail',
        tier: 'critical',
        evidence: isGood ? `${durationMs} ms` : problems.join('; '),
      })),
      data: results,
    }
  },
}
