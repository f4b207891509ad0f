import { join } from 'node:path'
import type { OperationRecord } from '../audit/operations-log.ts'
import { readOperations } from '../audit/read-log.ts'
import type { Check, Metric } from '../command/outcome.ts'
import type { JobStatus } from '../schedule/schedule-status.ts'
import type { ListedBackup } from './catalog.ts'
import { isDrillOverdue, lastGoodDrill } from './drill.ts'

export interface BackupObjectives {
  readonly stateFolder: string
  /** Newest first. */
  readonly backups: readonly ListedBackup[]
  /** What may be lost at most, and how long a recovery may take. */
  readonly rpoHours: number
  readonly rtoMinutes: number
  /** The job that makes backups, as `schedule status` tells it; null when none is installed from here. */
  readonly job: JobStatus | null
  readonly now: Date
}

/** So many runs before count for rate and usual size. */
const MOST_RUNS = 30
const USUAL_OF = 7
/** A size or duration this much off the usual is worth a look. */
const ANOMALY = 0.5

/** Objectives against what was achieved: age of the newest, measured recovery, runs that failed, and what is unlike the usual. */
export function backupStatus(options: BackupObjectives): { checks: Check[]; metrics: Metric[] } {
  const { backups, rpoHours, rtoMinutes, stateFolder, now } = options
  const good = backups.filter(
    ({ state, manifest }) => (state === 'good' || state === 'unchecked-manifest') && manifest?.kind === 'logical',
  )
  const [newest] = good
  const pointHours =
    newest?.manifest == null ? null : (now.getTime() - Date.parse(newest.manifest.snapshotAt)) / 3_600_000
  const drill = lastGoodDrill(stateFolder)
  const timeMinutes = drill === null ? null : drill.recoveryTimeMs / 60_000
  const runs = readOperations(join(stateFolder, 'audit')).filter(({ command }) => command === 'backup create')
  const checks: Check[] = [
    {
      id: 'backup.rpo',
      title: `no more than ${rpoHours} h would be lost`,
      tier: 'critical',
      verdict: pointHours !== null && pointHours <= rpoHours ? 'pass' : 'fail',
      evidence:
        pointHours === null ? 'there is no usable backup' : `${pointHours.toFixed(1)} h since the last snapshot`,
      remediation: 'dbops backup create, and dbops schedule list',
    },
    {
      id: 'backup.rto',
      title: `a recovery takes no more than ${rtoMinutes} min`,
      tier: 'critical',
      verdict: timeMinutes === null ? 'warn' : timeMinutes <= rtoMinutes ? 'pass' : 'fail',
      evidence: timeMinutes === null ? 'never measured here' : `${timeMinutes.toFixed(1)} min at the last drill`,
      remediation: 'dbops backup drill; --jobs to restore with several programs',
    },
    {
      id: 'backup.drill',
      title: 'a restore was tried within 31 days',
      tier: 'critical',
      verdict: isDrillOverdue(stateFolder, now) ? 'fail' : 'pass',
      evidence: drill === null ? 'never here' : drill.startedAt,
      remediation: 'dbops backup drill',
    },
    nextRunCheck(options.job),
    successCheck(runs.slice(-MOST_RUNS)),
    ...usualChecks(good),
  ]
  const metric = (name: string, help: string, value: number | null): Metric[] =>
    value === null ? [] : [{ name: `dbops_backup_${name}`, help, value }]
  return {
    checks,
    metrics: [
      ...metric('count', 'Usable backups', good.length),
      ...metric('recovery_point_hours', 'Age of the newest snapshot', pointHours),
      ...metric('recovery_time_minutes', 'Recovery time of the last drill', timeMinutes),
    ],
  }
}

function nextRunCheck(job: JobStatus | null): Check {
  const base = { id: 'backup.schedule', title: 'the next backup is planned', tier: 'recommended' } as const
  if (job === null)
    return {
      ...base,
      verdict: 'skipped',
      evidence: 'no schedule was installed from here',
      remediation: 'dbops schedule install',
    }
  return { ...job.check, ...base }
}

function successCheck(runs: readonly OperationRecord[]): Check {
  const base = { id: 'backup.success', title: 'backups succeed', tier: 'recommended' } as const
  if (runs.length === 0) return { ...base, verdict: 'skipped', evidence: 'no backup was made from this machine' }
  const failed = runs.filter(({ outcome }) => outcome !== 'ok')
  const last = failed.at(-1)
  const isLastFailed = runs.at(-1) === last
  const rate = `${runs.length - failed.length} of the last ${runs.length}`
  return {
    ...base,
    verdict: isLastFailed ? 'fail' : failed.length > 0 ? 'warn' : 'pass',
    evidence: last === undefined ? rate : `${rate}; ${last.time}: ${last.reason ?? last.outcome}`,
    remediation: 'dbops audit list',
  }
}

/** Half or one and a half of the usual: data that went missing, or a table that explodes. */
function usualChecks(good: readonly ListedBackup[]): Check[] {
  const [newest, ...before] = good
  const tier = 'recommended' as const
  return (['size', 'duration'] as const).map((what): Check => {
    const base = { id: `backup.${what}`, title: `the ${what} of the newest backup is as usual`, tier }
    const amountOf = ({ storedBytes, manifest }: ListedBackup): number =>
      what === 'size' ? storedBytes : (manifest?.durationMs ?? 0)
    const usual = before
      .slice(0, USUAL_OF)
      .map(amountOf)
      .sort((a, b) => a - b)
    if (newest === undefined || usual.length < 3)
      return { ...base, verdict: 'skipped', evidence: `only ${usual.length} earlier backup(s) to compare with` }
    const median = usual[Math.floor(usual.length / 2)]
    const off = median === 0 ? 0 : amountOf(newest) / median - 1
    const unit = what === 'size' ? 'bytes' : 'ms'
    return {
      ...base,
      verdict: Math.abs(off) > ANOMALY ? 'warn' : 'pass',
      evidence: `${amountOf(newest)} ${unit}, usually ${median}`,
    }
  })
}
