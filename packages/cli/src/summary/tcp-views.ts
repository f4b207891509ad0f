import type { Report, Table } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { SummaryWords } from '../words/summary-words.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'
import { findTable } from './overview.ts'

/** Two lines that count the same segments in tshark's way and in ours; none when the capture has no TCP. */
export function tcpViewLines(report: Report, { columns, words }: Layout): string[] {
  const tshark = findTable(report, 'tcp-health', 'tsharkFlags')
  const ours = findTable(report, 'tcp-health', 'ourView')
  return [
    ...(tshark === undefined
      ? []
      : [labelled(words.labels.tcpTshark, countsText(tshark, words), LABEL_COLUMNS, columns)]),
    ...(ours === undefined ? [] : [labelled(words.labels.tcpOurs, countsText(ours, words), LABEL_COLUMNS, columns)]),
  ]
}

/** Rows of name and count that are not 0: `retransmission 12, window_full 3`. */
function countsText(table: Table, words: SummaryWords): string {
  const counted = table.rows.filter(([, count]) => Number(count) > 0)
  if (counted.length === 0) return words.nothingRemarkable
  return counted
    .map(
      ([name, count]) =>
        `${safeText(String(name)).replace(/^tcp\.analysis\./, '')} ${words.measure(countText(Number(count)))}`,
    )
    .join(', ')
}
