import { join } from 'node:path'
import { readOperations } from '../audit/read-log.ts'
import { backupStatus as statusOf } from '../backup/backup-status.ts'
import { unwrapKey } from '../backup/recipients.ts'
import type { Call, CommandDefinition } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { readSchedule } from '../schedule/installed.ts'
import { readJobRuns } from '../schedule/job-runs.ts'
import { type JobStatus, scheduleStatus } from '../schedule/schedule-status.ts'
import { backupKeys, identityOption } from './backup-keys.ts'
import { fromOption, listPlace, placeOptions } from './backup-place.ts'

export const backupStatus: CommandDefinition = {
  name: 'backup status',
  summary:
    'Objectives against what was achieved: age of the newest backup, measured recovery time, drills, runs that failed, unusual sizes.',
  options: [
    fromOption,
    { flags: '--rpo-hours <hours>', description: 'what may be lost at most (default: 24)' },
    { flags: '--rto-minutes <minutes>', description: 'how long a recovery may take (default: 30)' },
    identityOption,
    ...placeOptions,
  ],
  changes: 'nothing',
  example: 'dbops backup status --from /var/backups/app --rpo-hours 24 --format nagios',
  async run(call) {
    const { checks, metrics } = statusOf({
      stateFolder: call.stateFolder,
      backups: await listPlace(call, requiredOption(call, 'from', '--from')),
      rpoHours: numberOption(call, 'rpoHours', 24),
      rtoMinutes: numberOption(call, 'rtoMinutes', 30),
      job: backupJob(call),
      now: call.now(),
    })
    const bad = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
    const summary = bad.length === 0 ? 'the objectives are met' : bad.map(({ evidence }) => evidence).join('; ')
    return judged(summary, checks, { metrics })
  },
}

function backupJob(call: Call): JobStatus | null {
  const schedule = readSchedule(call.stateFolder)
  if (schedule === null) return null
  const operations = readOperations(join(call.stateFolder, 'audit'))
  const jobs = scheduleStatus(schedule, readJobRuns(call.stateFolder), operations, call.now())
  return jobs.find(({ name }) => name === 'backup') ?? null
}

export const backupKeyCheck: CommandDefinition = {
  name: 'backup key-check',
  summary: 'Says which backups the given private keys open, before the day they are needed; 1 when one stays shut.',
  options: [fromOption, identityOption, ...placeOptions],
  changes: 'nothing',
  example: 'dbops backup key-check --from /var/backups/app --identity backup.key',
  async run(call) {
    const keys = backupKeys(call)
    const listed = await listPlace(call, requiredOption(call, 'from', '--from'))
    const checks = listed.flatMap(({ id, manifest }): Check[] => {
      if (manifest === null) return []
      const { encryption } = manifest
      const base = { id: 'backup.key', title: id, tier: 'critical' } as const
      if (encryption === null) return [{ ...base, verdict: 'pass', evidence: 'not encrypted: needs no key' }]
      try {
        unwrapKey(encryption.recipients, keys.identities)
        return [{ ...base, verdict: 'pass', evidence: `opens; ${encryption.recipients.length} recipient(s)` }]
      } catch (error) {
        if (!(error instanceof DbopsError)) throw error
        return [
          { ...base, verdict: 'fail', evidence: error.message, remediation: 'find the key, or make a new backup' },
        ]
      }
    })
    const shut = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(`${checks.length - shut} of ${checks.length} backup(s) open`, checks)
  },
}
