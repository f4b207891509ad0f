import type { CaptureSummary } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText, pluralText } from '../terminal/units.ts'

/** What the analysis could not see, one sentence each; none when it is complete. */
export function incompleteLines(capture: CaptureSummary): string[] {
  const { limitsReached, decodeStops } = capture
  return [
    ...unreadableLines(capture),
    ...Object.entries(limitsReached).map(
      ([limit, times]) => `limit ${safeText(limit)} was reached (${countText(times)} left out)`,
    ),
    ...(Object.keys(decodeStops).length === 0 ? [] : [stopsText(decodeStops)]),
  ]
}

/** How far each file could be read that could not be read to its end, and why. */
export function unreadableLines({ files }: CaptureSummary): string[] {
  return files
    .filter(({ end }) => end.status !== 'ok')
    .map(({ name, end: { status, byteOffset, lastFrame, reason } }) => {
      const why = reason === null ? '' : `: ${safeText(reason)}`
      return `${safeText(name ?? 'standard input')} is ${status}: read up to byte ${byteOffset}, frame ${lastFrame}${why}`
    })
}

function stopsText(stops: Readonly<Record<string, number>>): string {
  const parts = Object.entries(stops)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, frames]) => `${safeText(reason)} (${pluralText(frames, 'frame')})`)
  return `headers that could not be read to their end: ${parts.join(', ')}`
}
