const PATTERN = /^(-?)(\d+)\.(\d{9})$/

/** UTC of decimal seconds since 1970, with as many groups of decimals as it has: `2023-11-14 22:13:20.123456 UTC`. */
export function timeText(epoch: string): string {
  const parts = partsOf(epoch)
  if (parts === null) return PATTERN.test(epoch) ? `${epoch} s since 1970` : epoch
  const [day, time] = parts.date.toISOString().split('T')
  return `${day} ${time.slice(0, 8)}${parts.fraction} UTC`
}

/** The same in the reader's own time zone, which is named by its distance from UTC. */
export function localTimeText(epoch: string): string {
  const parts = partsOf(epoch)
  if (parts === null) return timeText(epoch)
  const { date, fraction } = parts
  const two = (value: number) => String(value).padStart(2, '0')
  const offset = -date.getTimezoneOffset()
  const zone = `UTC${offset < 0 ? '−' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction} ${zone}`
}

/** Whole seconds as a date, and the decimals with their point; null when it is no time that a date can hold. */
function partsOf(epoch: string): { date: Date; fraction: string } | null {
  const match = PATTERN.exec(epoch)
  if (match === null) return null
  const [, sign, whole, decimals] = match
  const isBefore1970 = sign === '-'
  const ns = Number(decimals)
  const seconds = isBefore1970 ? -Number(whole) - (ns > 0 ? 1 : 0) : Number(whole)
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return null
  const fraction = String(isBefore1970 && ns > 0 ? 1e9 - ns : ns).padStart(9, '0')
  const shown = fraction.replace(/(000)+$/, '')
  return { date, fraction: shown === '' ? '' : `.${shown}` }
}
