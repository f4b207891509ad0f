import type { Report, Table } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'
import { findTable } from './overview.ts'

/** Two lines that count the same segments in tshark's way and in ours; none when the capture has no TCP. */
export function tcpViewLines(report: Report, { columns }: Layout): string[] {
  const tshark = findTable(report, 'tcp-health', 'tsharkFlags')
  const ours = findTable(report, 'tcp-health', 'ourView')
  return [
    ...(tshark === undefined ? [] : [labelled('TCP, tshark', countsText(tshark), LABEL_COLUMNS, columns)]),
    ...(ours === undefined ? [] : [labelled('TCP, ours', countsText(ours), LABEL_COLUMNS, columns)]),
  ]
}

/** Rows of name and count that are not 0: `retransmission 12, window_full 3`. */
function countsText(table: Table): string {
  const counted = table.rows.filter(([, count]) => Number(count) > 0)
  if (counted.length === 0) return 'nothing remarkable'
  return counted
    .map(([name, count]) => `${safeText(String(name)).replace(/^tcp\.analysis\./, '')} ${countText(Number(count))}`)
    .join(', ')
}
