import type { Section } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import type { DelayedAckTotals } from './totals.ts'

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
      tableOf(
        { key: 'senders', title: 'Senders that waited for delayed acknowledgments', total: senders.size },
        largest(senders, MOST_ROWS, ({ costNs }) => costNs),
        [
          { key: 'sender', label: 'Sender', unit: 'address', value: ([sender]) => sender },
          { key: 'receiver', label: 'Receiver', unit: 'address', value: ([, held]) => held.receiver },
          { key: 'waits', label: 'Segments held back', unit: 'count', value: ([, held]) => held.count },
          { key: 'waitedNs', label: 'Waited', unit: 'ns', value: ([, held]) => held.costNs },
          { key: 'longestNs', label: 'Longest', unit: 'ns', value: ([, held]) => held.longestNs },
        ],
      ),
    ],
  }
}
