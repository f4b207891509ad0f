import { DbopsError } from '../errors.ts'

/** Hours of every day in which maintenance may begin; past midnight when it ends before it begins. */
export interface MaintenanceWindow {
  /** Minute of the day, the first that belongs to it. */
  readonly fromMinute: number
  /** Minute of the day, the first that does not. */
  readonly untilMinute: number
  /** Name of an IANA zone. */
  readonly timezone: string
  /** For messages: `01:00-05:00 UTC`. */
  readonly text: string
}

/** Reads `01:00-05:00`, by the clocks of a known zone. @throws {DbopsError} USAGE */
export function parseWindow(hours: string, timezone: string): MaintenanceWindow {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(hours)
  if (match === null)
    throw new DbopsError('USAGE', `--window "${hours}" is not two times of a day`, { hint: 'such as 01:00-05:00' })
  const [fromHour, fromMinutes, untilHour, untilMinutes] = match.slice(1).map(Number)
  const fromMinute = fromHour * 60 + fromMinutes
  const untilMinute = untilHour * 60 + untilMinutes
  if (fromMinute === untilMinute) throw new DbopsError('USAGE', `--window "${hours}" ends when it begins`)
  return { fromMinute, untilMinute, timezone, text: `${hours} ${timezone}` }
}

/** Whether the clocks of the zone show a time within. */
export function isWithin({ fromMinute, untilMinute, timezone }: MaintenanceWindow, at: Date): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const [hour, minutes] = clock.format(at).split(':').map(Number)
  const minute = hour * 60 + minutes
  return fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute
}
