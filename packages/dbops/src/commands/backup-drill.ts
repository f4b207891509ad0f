import { runDrill } from '../backup/drill.ts'
import type { CommandDefinition } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { judged, type Outcome } from '../command/outcome.ts'
import { EXIT_INTEGRITY } from '../exit-codes.ts'
import { backupKeys, identityOption, jobsOf, jobsOption } from './backup-keys.ts'
import { fromOption, placeOptions, withBackups } from './backup-place.ts'
import { smokeQueriesOf } from './smoke-queries.ts'

export const backupDrill: CommandDefinition = {
  name: 'backup drill',
  summary:
    'Restores the newest backup into a throw-away database, measures recovery time and point, and keeps the evidence.',
  options: [
    fromOption,
    { flags: '--smoke <file>', description: 'queries of the application, one a line; each must return a row' },
    { flags: '--rto-minutes <minutes>', description: 'objective for the recovery time (default: 30)' },
    { flags: '--rpo-hours <hours>', description: 'objective for the recovery point (default: 24)' },
    jobsOption,
    identityOption,
    ...placeOptions,
  ],
  changes: 'files',
  example:
    'dbops backup drill --from /var/backups/app --identity backup.key --url postgresql://postgres@localhost/postgres',
  async run(call): Promise<Outcome> {
    const smokeQueries = smokeQueriesOf(call)
    const drill = (folder: string) =>
      runDrill({
        ...backupKeys(call),
        folder,
        jobs: jobsOf(call),
        server: call.target(),
        smokeQueries,
        now: call.now,
      })
    const evidence = await withBackups(call, requiredOption(call, 'from', '--from'), ([folder]) => drill(folder))
    const rtoMinutes = numberOption(call, 'rtoMinutes', 30)
    const rpoHours = numberOption(call, 'rpoHours', 24)
    const { isGood, problems, recoveryTimeMs, recoveryPointMs, backup } = evidence
    const outcome = judged(
      `drill of ${backup}: recovery time ${recoveryTimeMs} ms, recovery point ${Math.round(recoveryPointMs / 1000)} s`,
      [
        {
          id: 'drill.restored',
          title: 'the backup restores to what was backed up',
          verdict: isGood ? 'pass' : 'fail',
          tier: 'critical',
          evidence: isGood ? `${evidence.rows} rows compared` : problems.join('; '),
        },
        {
          id: 'drill.rto',
          title: `recovery time within ${rtoMinutes} min`,
          verdict: recoveryTimeMs <= rtoMinutes * 60_000 ? 'pass' : 'fail',
          tier: 'critical',
          evidence: `${recoveryTimeMs} ms`,
        },
        {
          id: 'drill.rpo',
          title: `recovery point within ${rpoHours} h`,
          verdict: recoveryPointMs <= rpoHours * 3_600_000 ? 'pass' : 'fail',
          tier: 'critical',
          evidence: `${recoveryPointMs} ms`,
        },
      ],
    )
    return {
      ...outcome,
      ...(isGood ? {} : { exitCode: EXIT_INTEGRITY }),
      data: evidence,
      metrics: [
        { name: 'dbops_drill_recovery_time_seconds', help: 'Measured recovery time', value: recoveryTimeMs / 1000 },
        { name: 'dbops_drill_recovery_point_seconds', help: 'Measured recovery point', value: recoveryPointMs / 1000 },
      ],
    }
  },
}
