import type { CaptureSummary } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText, pluralText } from '../terminal/units.ts'

/** What the analysis could not see, one sentence each; none when it is complete. */
export function incompleteLines(capture: CaptureSummary): string[] {
  const { decodeStops } = capture
  return [...warningLines(capture), ...(Object.keys(decodeStops).length === 0 ? [] : [stopsText(decodeStops)])]
}

/** The part of it that deserves a warning of its own: ends of files and limits. */
export function warningLines(capture: CaptureSummary): string[] {
  return [
    ...unreadableLines(capture),
    ...Object.entries(capture.limitsReached).map(
      ([limit, count]) => `limit ${safeText(limit)} was reached (${countText(count)} left out)`,
    ),
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
