import type { Report } from '@pcap-analyzer/engine'
import { findTable, rowsOf } from '../report-parts.ts'

const MOST_STREAMS = 8

/** Tables whose rows name TCP streams, most telling first. */
const tables: readonly (readonly [section: string, table: string])[] = [
  ['latency', 'transactions'],
  ['tcp-health', 'worstSenders'],
  ['windows', 'transfers'],
  ['flows', 'largest'],
  ['handshakes', 'retried'],
  ['connection-ends', 'resets'],
]

/** TCP streams that are worth graphs: the first of each table, then the second of each …, at most eight. */
export function interestingStreams(report: Report): Set<number> {
  const lists = tables.map(([section, table]) =>
    rowsOf(findTable(report, section, table)).flatMap((row) => {
      const isTcp = row.transport === undefined || row.transport === 'tcp'
      return isTcp && typeof row.stream === 'number' ? [row.stream] : []
    }),
  )
  const streams = new Set<number>()
  const longest = Math.max(0, ...lists.map((list) => list.length))
  for (let rank = 0; rank < longest; rank++) {
    for (const list of lists) if (rank < list.length && streams.size < MOST_STREAMS) streams.add(list[rank])
  }
  return streams
}
