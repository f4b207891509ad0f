import { createHash } from 'node:crypto'

/** Five fields of cron as sets of numbers. */
export interface CronTimes {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
}

const bounds = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const

/** Reads `minute hour day month weekday` with lists, ranges and steps; Sunday is 0 or 7. @throws {RangeError} */
export function parseCron(text: string): CronTimes {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 5) throw new RangeError(`"${text}" has not five fields`)
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) =>
    numbersOf(field, bounds[index][0], bounds[index][1] + (index === 4 ? 1 : 0)),
  )
  if (weekdays.has(7)) weekdays.add(0)
  return { minutes, hours, days, months, weekdays }
}

function numbersOf(field: string, least: number, most: number): Set<number> {
  const numbers = new Set<number>()
  for (const part of field.split(',')) {
    const match = /^(\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part)
    if (match === null) throw new RangeError(`"${part}" is no field of cron`)
    const [, all, first, last, step] = match
    const from = all === '*' ? least : Number(first)
    const to = all === '*' ? most : Number(last ?? (step === undefined ? first : most))
    if (from < least || to > most || from > to) throw new RangeError(`"${part}" is not between ${least} and ${most}`)
    for (let number = from; number <= to; number += Number(step ?? 1)) numbers.add(number)
  }
  return numbers
}

/** Whether the job is due in this minute of a clock in UTC, which no change of summer time skips or repeats. */
export function isDue({ minutes, hours, days, months, weekdays }: CronTimes, time: Date): boolean {
  const isDay =
    days.size === 31 || weekdays.size >= 7
      ? days.has(time.getUTCDate()) && weekdays.has(time.getUTCDay())
      : days.has(time.getUTCDate()) || weekdays.has(time.getUTCDay())
  return (
    minutes.has(time.getUTCMinutes()) && hours.has(time.getUTCHours()) && months.has(time.getUTCMonth() + 1) && isDay
  )
}

/** The newest minute up to now in which the job was due, looking back at most a week; null for none: tells missed runs. */
export function lastDue(times: CronTimes, now: Date): Date | null {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000)
  for (let back = 0; back < 7 * 24 * 60; back++) {
    const time = new Date(minute.getTime() - back * 60_000)
    if (isDue(times, time)) return time
  }
  return null
}

/** The first minute after a time in which the job is due, within a year and a month; null for none. */
export function nextDue(times: CronTimes, after: Date): Date | null {
  const minute = Math.floor(after.getTime() / 60_000) + 1
  for (let ahead = 0; ahead < 397 * 24 * 60; ahead++) {
    const time = new Date((minute + ahead) * 60_000)
    if (isDue(times, time)) return time
  }
  return null
}

/** What a job needs to run in the built-in daemon. */
export interface DaemonJob {
  readonly name: string
  readonly times: CronTimes
  /** How long after its time it begins; 0. */
  readonly delayMs?: number
  readonly run: () => Promise<void>
}

/** A delay of up to `mostMs`, the same always for a job of a host, so that hosts with one schedule do not begin at once. */
export function jitterOf(host: string, job: string, mostMs: number): number {
  const digest = createHash('sha256').update(`${host} ${job}`).digest()
  return Math.floor((digest.readUInt32BE() / 2 ** 32) * mostMs)
}

/**
 * Runs each job once for each time it was due, also when the time was missed (once, for the newest), never twice at the same time.
 * @param lastRuns when each job ran last; updated, and kept by the caller
 */
export async function runDueJobs(
  jobs: readonly DaemonJob[],
  lastRuns: Map<string, Date>,
  running: Set<string>,
  now: Date,
): Promise<string[]> {
  const due = jobs.filter(({ name, times, delayMs = 0 }) => {
    const delayed = new Date(now.getTime() - delayMs)
    const at = lastDue(times, delayed)
    const before = lastRuns.get(name)
    return (
      at !== null &&
      !running.has(name) &&
      (before === undefined ? at.getTime() > delayed.getTime() - 60_000 : before < at)
    )
  })
  await Promise.all(
    due.map(async ({ name, run }) => {
      running.add(name)
      lastRuns.set(name, now)
      try {
        await run()
      } finally {
        running.delete(name)
      }
    }),
  )
  return due.map(({ name }) => name)
}
