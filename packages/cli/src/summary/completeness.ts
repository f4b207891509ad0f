import type { CaptureSummary } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText } from '../terminal/units.ts'
import type { SummaryWords } from '../words/summary-words.ts'

/** What the analysis could not see, one sentence each; none when it is complete. */
export function incompleteLines(capture: CaptureSummary, words: SummaryWords): string[] {
  const { decodeStops } = capture
  return [
    ...warningLines(capture, words),
    ...(Object.keys(decodeStops).length === 0 ? [] : [stopsText(decodeStops, words)]),
  ]
}

/** The part of it that deserves a warning of its own: ends of files and limits. */
export function warningLines(capture: CaptureSummary, words: SummaryWords): string[] {
  return [
    ...unreadableLines(capture, words),
    ...Object.entries(capture.limitsReached).map(([limit, count]) =>
      words.limitReached(safeText(limit), countText(count)),
    ),
  ]
}

/** How far each file could be read that could not be read to its end, and why. */
export function unreadableLines({ files }: CaptureSummary, words: SummaryWords): string[] {
  return files.flatMap(({ name, end: { status, byteOffset, lastFrame, reason } }) => {
    if (status === 'ok') return []
    const why = reason === null ? '' : `: ${safeText(reason)}`
    return [words.unreadable(safeText(name ?? words.standardInput), status, byteOffset, lastFrame, why)]
  })
}

function stopsText(stops: Readonly<Record<string, number>>, words: SummaryWords): string {
  const parts = Object.entries(stops)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, frames]) => `${safeText(reason)} (${countText(frames)})`)
  return words.headersStopped(parts)
}
