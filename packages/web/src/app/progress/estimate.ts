import type { ProgressEvent } from '../answers.ts'

/** How fast packets are read, and how long it may still take. */
export interface Estimate {
  /** Null until two events told of packets. */
  readonly packetsPerSecond: number | null
  /** Null until something can be said. */
  readonly secondsLeft: number | null
}

/** Judges by the events since the present attempt began to read. */
export function estimate(events: readonly ProgressEvent[], nowMs: number): Estimate {
  const begun = events.findLastIndex(({ phase }) => phase === 'starting' || phase === 'queued')
  const reading = events.slice(begun + 1).filter(({ phase }) => phase === 'reading')
  const first = reading[0]
  const last = reading.at(-1)
  if (first === undefined || last === undefined) return { packetsPerSecond: null, secondsLeft: null }
  const seconds = (Date.parse(last.timestamp) - Date.parse(first.timestamp)) / 1000
  const packets = (last.packets_processed ?? 0) - (first.packets_processed ?? 0)
  const percent = last.progress_percent - first.progress_percent
  if (seconds <= 0 || percent <= 0) return { packetsPerSecond: null, secondsLeft: null }
  const sinceLast = Math.max(0, nowMs - Date.parse(last.timestamp)) / 1000
  const left = ((100 - last.progress_percent) * seconds) / percent - sinceLast
  return { packetsPerSecond: packets / seconds, secondsLeft: Math.max(0, left) }
}
