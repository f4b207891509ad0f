const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600
const DAY_SECONDS = 86_400

/** A duration with three significant digits: `1.25 s`, `38.4 ms`, `812 µs`, `40 ns`; from two minutes on `3 min 20 s`, `2 h`, `4 d 3 h`. */
export function durationText(durationNs: number): string {
  const sign = durationNs < 0 ? '-' : ''
  const ns = Math.abs(durationNs)
  const seconds = Math.round(ns / 1e9)
  if (seconds >= 2 * DAY_SECONDS) return sign + twoUnits(seconds, DAY_SECONDS, 'd', HOUR_SECONDS, 'h')
  if (seconds >= 2 * HOUR_SECONDS) return sign + twoUnits(seconds, HOUR_SECONDS, 'h', MINUTE_SECONDS, 'min')
  if (seconds >= 2 * MINUTE_SECONDS) return sign + twoUnits(seconds, MINUTE_SECONDS, 'min', 1, 's')
  // what rounds to a thousand of a unit is one of the next
  const digits = Number(ns.toPrecision(3))
  if (digits >= 1e9) return `${sign}${threeDigits(digits / 1e9)} s`
  if (digits >= 1e6) return `${sign}${threeDigits(digits / 1e6)} ms`
  if (digits >= 1e3) return `${sign}${threeDigits(digits / 1e3)} µs`
  return `${sign}${ns} ns`
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = `${Math.floor(seconds / large)} ${largeName}`
  const rest = Math.floor((seconds % large) / small)
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`
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
