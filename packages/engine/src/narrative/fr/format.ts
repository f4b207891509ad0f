import { durationText, percentText } from '../../text/units.ts'

type Value = number | string | undefined

/** `1 trame`, `2 trames`; zero and one are singular in French. */
export function count(value: Value, singular: string, plural = `${singular}s`): string {
  return `${value} ${Number(value) < 2 ? singular : plural}`
}

/** A duration given in ns, with a decimal comma: `38,4 ms`, `2 j 5 h`. */
export function duration(valueNs: Value): string {
  return durationText(Number(valueNs)).replace('.', ',').replace(/ d\b/, ' j')
}

/** A share in percent, with a decimal comma: `2,31 %`. */
export function percent(part: Value, whole: Value): string {
  return percentText(Number(part), Number(whole)).replace('.', ',')
}

/** The `s` of a participle that agrees with a number: empty below two. */
export function plural(value: Value): string {
  return Number(value) < 2 ? '' : 's'
}

/** An amount of data in thousands of bytes: `250 ko`. */
export function kilobytes(bytes: Value): string {
  return `${Math.round(Number(bytes) / 1000)} ko`
}

/** A number with a decimal comma. */
export function decimal(value: Value): string {
  return String(value).replace('.', ',')
}
