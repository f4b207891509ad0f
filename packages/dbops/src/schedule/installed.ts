import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'

/** What starts the jobs. */
export const scheduleKinds = ['systemd', 'cron', 'daemon'] as const
export type ScheduleKind = (typeof scheduleKinds)[number]

/** A job as it was installed. */
export interface InstalledJob {
  readonly name: string
  readonly command: string
  /** Five fields of cron. */
  readonly cron: string
}

/** What `schedule install` left, so that others can tell what runs next. */
export interface InstalledSchedule {
  readonly kind: ScheduleKind
  /** Zone in which the times of the jobs are meant; null for that of the machine. */
  readonly timezone: string | null
  /** What was due before is not missed. */
  readonly installedAt: string
  readonly jobs: readonly InstalledJob[]
}

const NAME = 'schedule.json'

/** Null when nothing is installed. @throws {DbopsError} STATE_UNREADABLE */
export function readSchedule(stateFolder: string): InstalledSchedule | null {
  const path = join(stateFolder, NAME)
  if (!existsSync(path)) return null
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as InstalledSchedule
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, {
      cause,
      hint: 'dbops schedule install writes it anew',
    })
  }
}

export function writeSchedule(stateFolder: string, schedule: InstalledSchedule): void {
  atomicWrite(join(privateFolder(stateFolder), NAME), `${JSON.stringify(schedule, null, 2)}\n`)
}
