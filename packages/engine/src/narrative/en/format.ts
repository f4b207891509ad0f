import { countText, durationText, percentText } from '../../text/units.ts'

type Value = number | string | undefined

/** `1 frame`, `2 frames`. */
export function count(value: Value, singular: string, plural?: string): string {
  return countText(Number(value), singular, plural)
}

/** A duration given in ns: `38.4 ms`. */
export function duration(valueNs: Value): string {
  return durationText(Number(valueNs))
}

/** A share in percent: `2.31 %`. */
export function percent(part: Value, whole: Value): string {
  return percentText(Number(part), Number(whole))
}

/** An amount of data in thousands of bytes: `250 kB`. */
export function kilobytes(bytes: Value): string {
  return `${Math.round(Number(bytes) / 1000)} kB`
}
