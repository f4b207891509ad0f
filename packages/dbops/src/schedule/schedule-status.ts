import type { OperationRecord } from '../audit/operations-log.ts'
import type { Check } from '../command/outcome.ts'
import { lastDue, nextDue, parseCron } from './daemon.ts'
import type { InstalledJob, InstalledSchedule } from './installed.ts'
import type { JobRun } from './job-runs.ts'

/** When a job ran last and how it ended, and when it will run. */
export interface JobStatus extends InstalledJob {
  readonly lastRunAt: string | null
  readonly isLastGood: boolean | null
  readonly lastDueAt: string | null
  readonly nextRunAt: string | null
  readonly check: Check
}

/** A run may begin so late: jitter, and the time until the machine is up. */
const TOLERANCE_MS = 3_600_000

/**
 * Judges every installed job: one that was due and did not run, or failed, is a failure. Runs are those of `schedule run` and the daemon,
 * and the lines of the operations log whose command the job names.
 */
export function scheduleStatus(
  { jobs, timezone, installedAt }: InstalledSchedule,
  runs: readonly JobRun[],
  operations: readonly OperationRecord[],
  now: Date,
): JobStatus[] {
  return jobs.map((job) => {
    const times = parseCron(job.cron)
    const zoneMs = offsetMs(timezone, now)
    const due = shifted(lastDue(times, new Date(now.getTime() + zoneMs)), -zoneMs)
    const next = shifted(nextDue(times, new Date(now.getTime() + zoneMs)), -zoneMs)
    const last = lastRun(job, runs, operations)
    const isMissed =
      due !== null &&
      due.getTime() > Date.parse(installedAt) &&
      now.getTime() - due.getTime() > TOLERANCE_MS &&
      (last === null || Date.parse(last.at) < due.getTime())
    return {
      ...job,
      lastRunAt: last?.at ?? null,
      isLastGood: last?.isGood ?? null,
      lastDueAt: due?.toISOString() ?? null,
      nextRunAt: next?.toISOString() ?? null,
      check: {
        id: `schedule.${job.name}`,
        title: `${job.name} runs when it is due`,
        tier: job.name === 'backup' ? 'critical' : 'recommended',
        verdict: isMissed || last?.isGood === false ? 'fail' : last === null ? 'warn' : 'pass',
        evidence: [
          last === null ? 'never ran here' : `last ${last.at}, ${last.isGood ? 'well' : 'failed'}`,
          ...(isMissed ? [`missed ${due.toISOString()}`] : []),
          next === null ? 'never again' : `next ${next.toISOString()}`,
        ].join('; '),
        remediation: `dbops schedule run ${job.name}`,
      },
    }
  })
}

function lastRun(
  { name, command }: InstalledJob,
  runs: readonly JobRun[],
  operations: readonly OperationRecord[],
): { at: string; isGood: boolean } | null {
  const own = runs.findLast((run) => run.name === name)
  const verb = operations.findLast((operation) =>
    new RegExp(`\\bdbops(\\.js)? ${operation.command}( |$)`).test(command),
  )
  const found = [
    ...(own === undefined ? [] : [{ at: own.startedAt, isGood: own.exitCode === 0 }]),
    ...(verb === undefined ? [] : [{ at: verb.time, isGood: verb.exitCode === 0 }]),
  ]
  return found.sort((a, b) => a.at.localeCompare(b.at)).at(-1) ?? null
}

/** How far a zone is ahead of UTC at a time; null is the zone of the machine. */
function offsetMs(timezone: string | null, at: Date): number {
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  })
  const wall = Date.parse(`${parts.format(at).replace(', ', 'T')}Z`)
  return Math.round((wall - at.getTime()) / 60_000) * 60_000
}

function shifted(time: Date | null, byMs: number): Date | null {
  return time === null ? null : new Date(time.getTime() + byMs)
}
