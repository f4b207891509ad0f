/** A duration as people say it, three significant digits: `1.25 s`, `38.4 ms`, `812 µs`, `40 ns`. */
export function durationText(durationNs: number): string {
  const sign = durationNs < 0 ? '-' : ''
  const value = Math.abs(durationNs)
  if (value >= 1e9) return `${sign}${threeDigits(value / 1e9)} s`
  if (value >= 1e6) return `${sign}${threeDigits(value / 1e6)} ms`
  if (value >= 1e3) return `${sign}${threeDigits(value / 1e3)} µs`
  return `${sign}${value} ns`
}

/** A share of a whole in percent: `2.31 %`; below a hundredth `<0.01 %`. */
export function percentText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  if (percent > 0 && percent < 0.01) return '<0.01 %'
  return `${threeDigits(percent)} %`
}

/** `1 frame`, `2 frames`. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}

function threeDigits(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
