import type { Section } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { keepLargest, limits, type WindowTotals } from './totals.ts'

/** Facts of the analyzer. */
export function windowSection(head: { id: string; title: string }, totals: WindowTotals): Section {
  keepLargest(totals)
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      { key: 'sides', label: 'Receivers', unit: 'count', value: totals.sides },
      { key: 'unscaledSides', label: 'Of unknown window scale', unit: 'count', value: totals.unscaledSides },
      { key: 'smallSides', label: 'That ever had a small window', unit: 'count', value: totals.smallSides },
      { key: 'zeroWindows', label: 'Segments that close the window', unit: 'count', value: totals.zeroWindows },
      { key: 'closedNs', label: 'Windows closed, together', unit: 'ns', value: totals.closedNs },
    ],
    tables: [
      tableOf({ key: 'limits', title: 'Bulk transfers by what limited them' }, limits, [
        { key: 'limit', label: 'Limit', unit: 'text', value: (limit) => limit },
        { key: 'transfers', label: 'Transfers', unit: 'count', value: (_, i) => totals.limited[i] },
      ]),
      tableOf(
        { key: 'transfers', title: 'Largest transfers', total: totals.limited.reduce((sum, count) => sum + count, 0) },
        totals.transfers.slice(0, MOST_ROWS),
        [
          { key: 'stream', label: 'Stream', unit: 'stream', value: (transfer) => transfer.stream },
          { key: 'sender', label: 'Sender', unit: 'address', value: (transfer) => transfer.sender },
          { key: 'senderPort', label: 'Port', unit: 'port', value: (transfer) => transfer.senderPort },
          { key: 'receiver', label: 'Receiver', unit: 'address', value: (transfer) => transfer.receiver },
          { key: 'receiverPort', label: 'Port', unit: 'port', value: (transfer) => transfer.receiverPort },
          { key: 'payloadBytes', label: 'Payload', unit: 'bytes', value: (transfer) => transfer.payloadBytes },
          { key: 'durationNs', label: 'Duration', unit: 'ns', value: (transfer) => transfer.durationNs },
          {
            key: 'bitsPerSecond',
            label: 'Rate',
            unit: 'bitsPerSecond',
            value: (transfer) =>
              transfer.durationNs > 0 ? Math.round((transfer.payloadBytes * 8e9) / transfer.durationNs) : null,
          },
          {
            key: 'leastWindowBytes',
            label: 'Least window',
            unit: 'bytes',
            value: (transfer) => transfer.leastWindowBytes,
          },
          {
            key: 'greatestWindowBytes',
            label: 'Greatest window',
            unit: 'bytes',
            value: (transfer) => transfer.greatestWindowBytes,
          },
          { key: 'isScaleKnown', label: 'Scale known', unit: 'text', value: (transfer) => transfer.isScaleKnown },
          {
            key: 'mostInFlightBytes',
            label: 'Most in flight',
            unit: 'bytes',
            value: (transfer) => transfer.mostInFlightBytes,
          },
          { key: 'zeroWindows', label: 'Zero windows', unit: 'count', value: (transfer) => transfer.zeroWindows },
          { key: 'closedNs', label: 'Window closed', unit: 'ns', value: (transfer) => transfer.closedNs },
          {
            key: 'fullRatio',
            label: 'Went on after a full window',
            unit: 'ratio',
            value: (transfer) => transfer.fullRatio,
          },
          { key: 'lateRatio', label: 'Went on late', unit: 'ratio', value: (transfer) => transfer.lateRatio },
          {
            key: 'resentRatio',
            label: 'Sent again or out of order',
            unit: 'ratio',
            value: (transfer) => transfer.resentRatio,
          },
          { key: 'limit', label: 'Limited by', unit: 'text', value: (transfer) => transfer.limit },
        ],
      ),
    ],
  }
}
