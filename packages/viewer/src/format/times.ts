/** UTC of decimal seconds since 1970, with as many groups of decimals as it has: `2023-11-14 22:13:20.123456 UTC`. */
export function timeText(epoch: string): string {
  const match = /^(-?)(\d+)\.(\d{9})$/.exec(epoch)
  if (match === null) return epoch
  const [, sign, whole, decimals] = match
  const isBefore1970 = sign === '-'
  const ns = Number(decimals)
  const seconds = isBefore1970 ? -Number(whole) - (ns > 0 ? 1 : 0) : Number(whole)
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return `${epoch} s since 1970`
  const fraction = String(isBefore1970 && ns > 0 ? 1e9 - ns : ns).padStart(9, '0')
  const shown = fraction.replace(/(000)+$/, '')
  const [day, time] = date.toISOString().split('T')
  return `${day} ${time.slice(0, 8)}${shown === '' ? '' : `.${shown}`} UTC`
}
