import type { Section } from '../../report.ts'
import { keepLargest, limits, type WindowTotals } from './totals.ts'

const MOST_ROWS = 20

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
      {
        key: 'limits',
        title: 'Bulk transfers by what limited them',
        columns: [
          { key: 'limit', label: 'Limit', unit: 'text' },
          { key: 'transfers', label: 'Transfers', unit: 'count' },
        ],
        rows: limits.map((limit, i) => [limit, totals.limited[i]]),
        total: limits.length,
      },
      {
        key: 'transfers',
        title: 'Largest transfers',
        columns: [
          { key: 'stream', label: 'Stream', unit: 'stream' },
          { key: 'sender', label: 'Sender', unit: 'address' },
          { key: 'senderPort', label: 'Port', unit: 'port' },
          { key: 'receiver', label: 'Receiver', unit: 'address' },
          { key: 'receiverPort', label: 'Port', unit: 'port' },
          { key: 'payloadBytes', label: 'Payload', unit: 'bytes' },
          { key: 'durationNs', label: 'Duration', unit: 'ns' },
          { key: 'bitsPerSecond', label: 'Rate', unit: 'bitsPerSecond' },
          { key: 'leastWindowBytes', label: 'Least window', unit: 'bytes' },
          { key: 'greatestWindowBytes', label: 'Greatest window', unit: 'bytes' },
          { key: 'isScaleKnown', label: 'Scale known', unit: 'text' },
          { key: 'mostInFlightBytes', label: 'Most in flight', unit: 'bytes' },
          { key: 'zeroWindows', label: 'Zero windows', unit: 'count' },
          { key: 'closedNs', label: 'Window closed', unit: 'ns' },
          { key: 'fullRatio', label: 'Went on after a full window', unit: 'ratio' },
          { key: 'lateRatio', label: 'Went on late', unit: 'ratio' },
          { key: 'resentRatio', label: 'Sent again or out of order', unit: 'ratio' },
          { key: 'limit', label: 'Limited by', unit: 'text' },
        ],
        rows: totals.transfers
          .slice(0, MOST_ROWS)
          .map((transfer) => [
            transfer.stream,
            transfer.sender,
            transfer.senderPort,
            transfer.receiver,
            transfer.receiverPort,
            transfer.payloadBytes,
            transfer.durationNs,
            transfer.durationNs > 0 ? Math.round((transfer.payloadBytes * 8e9) / transfer.durationNs) : null,
            transfer.leastWindowBytes,
            transfer.greatestWindowBytes,
            transfer.isScaleKnown,
            transfer.mostInFlightBytes,
            transfer.zeroWindows,
            transfer.closedNs,
            transfer.fullRatio,
            transfer.lateRatio,
            transfer.resentRatio,
            transfer.limit,
          ]),
        total: totals.limited.reduce((sum, count) => sum + count, 0),
      },
    ],
  }
}
