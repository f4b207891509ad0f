import { formatsOf, type Language } from '../language/translations.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** Bytes in the largest unit that keeps the number above one. */
export function bytesText(bytes: number, language: Language): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${numberText(bytes / 1024 ** power, language, power === 0 ? 0 : 1)} ${UNITS[power]}`
}

/** A figure with at most so many decimals. */
export function numberText(figure: number, language: Language, decimals = 0): string {
  return formatsOf(language).formatNumber(figure, { maximumFractionDigits: decimals })
}

/** Seconds as people say them: `9 s`, `2 min 5 s`, `1 h 3 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours}\u00a0h ${minutes}\u00a0min`
  return minutes > 0 ? `${minutes}\u00a0min ${whole % 60}\u00a0s` : `${whole}\u00a0s`
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
let zone = ownZone

/** From now on times are shown in the zone that the account chose; null for the browser's own. */
export function showTimesIn(chosen: string | null): void {
  zone = chosen ?? ownZone
}

export function clockText(iso: string, language: Language): string {
  return formatsOf(language).formatTime(iso, { timeStyle: 'medium', timeZone: zone })
}

/** Day and time; with the name of the zone where it is not the browser's own. */
export function timeText(iso: string, language: Language): string {
  const text = formatsOf(language).formatDate(iso, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })
  return zone === ownZone ? text : `${text} ${zoneName(iso, language)}`
}

function zoneName(iso: string, language: Language): string {
  const parts = formatsOf(language).formatDateToParts(iso, { timeZone: zone, timeZoneName: 'short' })
  return parts.find(({ type }: Intl.DateTimeFormatPart) => type === 'timeZoneName')?.value ?? zone
}
