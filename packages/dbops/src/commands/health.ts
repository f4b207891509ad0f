import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { type Check, judged, type Metric, type Outcome } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { serverError } from '../connection/server-errors.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { type HealthCheck, worstOf } from '../health/health.ts'
import { classOf } from '../health/probes.ts'
import { serverHealth } from '../health/server-probes.ts'

export const health: CommandDefinition = {
  name: 'health',
  summary:
    'Says whether the server is well: answers, has sessions, transaction numbers and an archive, is no forgotten standby, was backed up.',
  options: [
    { flags: '--allow-recovery', description: 'a standby is well, too' },
    { flags: '--backups <folder>', description: 'folder of backups, whose age counts' },
    { flags: '--backup-hours <hours>', description: 'a backup may be so old (default: 25)' },
  ],
  changes: 'nothing',
  example: 'dbops health --url postgresql://monitor@localhost/app --format nagios',
  async run(call) {
    const server = call.target()
    const startMs = performance.now()
    try {
      const found = await withServer(server, (client) =>
        serverHealth(client, {
          isRecoveryAllowed: call.options.allowRecovery === true,
          backups: textOption(call, 'backups'),
          backupHours: numberOption(call, 'backupHours', 25, 1, 8760),
          stateFolder: call.stateFolder,
          now: call.now(),
        }),
      )
      return outcomeOf(call, startMs, found)
    } catch (error) {
      const failure = serverError(error)
      const outcome = outcomeOf(call, startMs, { database: { status: 'fail', message: classOf(failure.code) } })
      return { ...outcome, exitCode: exitCodeOf(failure) }
    }
  },
}

function outcomeOf(call: Call, startMs: number, found: Readonly<Record<string, HealthCheck>>): Outcome {
  const status = worstOf(Object.values(found).map((check) => check.status))
  const checks = Object.entries(found).map(
    ([name, { status: verdict, observed, threshold, message = 'well' }]): Check => ({
      id: `health.${name}`,
      title: name,
      verdict,
      tier: 'critical',
      evidence: [
        message,
        observed === undefined ? '' : `(${observed}${threshold === undefined ? '' : `, limit ${threshold}`})`,
      ]
        .filter((part) => part !== '')
        .join(' '),
    }),
  )
  const metrics = Object.entries(found).flatMap(([name, { observed }]): Metric[] =>
    typeof observed === 'number'
      ? [{ name: 'dbops_health_observed', help: 'What a health check saw', value: observed, labels: { check: name } }]
      : [],
  )
  const durationMs = Math.round(performance.now() - startMs)
  return judged(`${status}`, checks, {
    metrics,
    data: { status, time: call.now().toISOString(), durationMs, checks: found },
  })
}
