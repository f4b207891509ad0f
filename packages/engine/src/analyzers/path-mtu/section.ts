import type { Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { worstSubjects } from '../support/concluding.ts'
import type { PathMtuTotals, StuckPath } from './totals.ts'

/** Facts of the analyzer. */
export function pathMtuSection(head: { id: string; title: string }, totals: PathMtuTotals): Section {
  const { blackHoles, unanswered, tooBig } = totals
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      { key: 'blackHoles', label: 'Paths where large segments vanish', unit: 'count', value: blackHoles.size },
      { key: 'unanswered', label: 'Paths where data was no longer answered', unit: 'count', value: unanswered.size },
      { key: 'tooBig', label: 'Destinations whose path has a smaller MTU', unit: 'count', value: tooBig.size },
    ],
    tables: [
      stuckTable('blackHoles', 'Paths where large segments vanish', blackHoles),
      stuckTable('unanswered', 'Paths where data was no longer answered', unanswered),
      tableOf(
        { key: 'tooBig', title: 'Path MTU told by ICMP, by destination', total: tooBig.size },
        largest(tooBig, MOST_ROWS, ({ count }) => count),
        [
          { key: 'destination', label: 'Destination', unit: 'address', value: ([destination]) => destination },
          { key: 'messages', label: 'Messages', unit: 'count', value: ([, { count }]) => count },
          {
            key: 'leastMtuBytes',
            label: 'Least MTU',
            unit: 'bytes',
            value: ([, { leastMtuBytes }]) => (Number.isFinite(leastMtuBytes) ? leastMtuBytes : null),
          },
        ],
      ),
    ],
  }
}

function stuckTable(key: string, title: string, paths: ReadonlyMap<string, StuckPath>): Table {
  return tableOf({ key, title, total: paths.size }, worstSubjects(paths, MOST_ROWS), [
    { key: 'sender', label: 'Sender', unit: 'address', value: ([, path]) => path.sender },
    { key: 'receiver', label: 'Receiver', unit: 'address', value: ([, path]) => path.receiver },
    { key: 'connections', label: 'Connections', unit: 'count', value: ([, path]) => path.count },
    { key: 'resends', label: 'Times sent again', unit: 'count', value: ([, path]) => path.resends },
    {
      key: 'leastStuckBytes',
      label: 'Least payload that did not pass',
      unit: 'bytes',
      value: ([, path]) => path.leastStuckBytes,
    },
    {
      key: 'largestDeliveredBytes',
      label: 'Largest that passed before',
      unit: 'bytes',
      value: ([, path]) => path.largestDeliveredBytes,
    },
    {
      key: 'peerSegments',
      label: 'Segments of the receiver meanwhile',
      unit: 'count',
      value: ([, path]) => path.peerSegments,
    },
    { key: 'costNs', label: 'Time lost', unit: 'ns', value: ([, path]) => path.costNs },
  ])
}
