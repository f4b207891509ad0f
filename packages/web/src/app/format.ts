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

export function clockText(iso: string, language: string): string {
  return new Date(iso).toLocaleTimeString(localeOf(language))
}

export function timeText(iso: string, language: string): string {
  return new Date(iso).toLocaleString(localeOf(language), { dateStyle: 'medium', timeStyle: 'short' })
}
