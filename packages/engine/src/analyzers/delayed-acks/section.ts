import type { Section } from '../../report.ts'
import { largest } from '../support/bounded-map.ts'
import type { DelayedAckTotals } from './totals.ts'

const MOST_ROWS = 20

/** Facts of the analyzer. */
export function delayedAckSection(head: { id: string; title: string }, { senders }: DelayedAckTotals): Section {
  const sum = (of: 'count' | 'costNs' | 'connections') =>
    [...senders.values()].reduce((total, held) => total + held[of], 0)
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      { key: 'waits', label: 'Segments held back', unit: 'count', value: sum('count') },
      { key: 'connections', label: 'Connections', unit: 'count', value: sum('connections') },
      { key: 'waitedNs', label: 'Waited, together', unit: 'ns', value: sum('costNs') },
    ],
    tables: [
      {
        key: 'senders',
        title: 'Senders that waited for delayed acknowledgments',
        columns: [
          { key: 'sender', label: 'Sender', unit: 'address' },
          { key: 'receiver', label: 'Receiver', unit: 'address' },
          { key: 'waits', label: 'Segments held back', unit: 'count' },
          { key: 'waitedNs', label: 'Waited', unit: 'ns' },
          { key: 'longestNs', label: 'Longest', unit: 'ns' },
        ],
        rows: largest(senders, MOST_ROWS, ({ costNs }) => costNs).map(([sender, held]) => [
          sender,
          held.receiver,
          held.count,
          held.costNs,
          held.longestNs,
        ]),
        total: senders.size,
      },
    ],
  }
}
