const unitsNs: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 }

/** Durations as they are written in the configuration file: `500 ms`, `2 s`, `1.5 min`. */
export const DURATION_PATTERN = '^[0-9]+(\\.[0-9]+)? ?(ns|us|µs|ms|s|min|h)$'

/** Units of a duration, for messages. */
export const DURATION_UNITS = 'ns, us, ms, s, min or h'

/** Reads a duration with its unit into whole ns; null when it is none. */
export function readDurationNs(text: unknown): number | null {
  if (typeof text !== 'string' || !new RegExp(DURATION_PATTERN).test(text)) return null
  const unit = text.replace(/^[0-9. ]+/, '')
  return Math.round(Number.parseFloat(text) * unitsNs[unit])
}

/** A duration with the largest unit that writes it short and reads back to the same: `500 ms`. */
export function writeDurationNs(durationNs: number): string {
  for (const unit of ['h', 'min', 's', 'ms', 'us']) {
    const text = `${durationNs / unitsNs[unit]} ${unit}`
    if (durationNs >= unitsNs[unit] && text.length <= 10 && readDurationNs(text) === durationNs) return text
  }
  return `${durationNs} ns`
}
