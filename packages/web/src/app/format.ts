const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** Bytes in the largest unit that keeps the number above one. */
export function bytesText(bytes: number, language: string): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = (bytes / 1024 ** power).toLocaleString(language, { maximumFractionDigits: power === 0 ? 0 : 1 })
  return `${amount} ${UNITS[power]}`
}

/** English with the day before the month and 24 hours, as it is read everywhere. */
function localeOf(language: string): string {
  return language === 'en' ? 'en-GB' : language
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
let zone = ownZone

/** From now on times are shown in the zone that the account chose; null for the browser's own. */
export function showTimesIn(chosen: string | null): void {
  zone = chosen ?? ownZone
}

export function clockText(iso: string, language: string): string {
  return new Date(iso).toLocaleTimeString(localeOf(language), { timeZone: zone })
}

/** Day and time; with the name of the zone where it is not the browser's own. */
export function timeText(iso: string, language: string): string {
  const time = new Date(iso)
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: zone } as const
  const text = time.toLocaleString(localeOf(language), options)
  return zone === ownZone ? text : `${text} ${zoneName(time, language)}`
}

function zoneName(time: Date, language: string): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, timeZoneName: 'short' })
  return format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? zone
}
