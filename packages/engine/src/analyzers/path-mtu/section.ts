import type { Section, Table } from '../../report.ts'
import { largest } from '../support/bounded-map.ts'
import { worstSubjects } from '../support/concluding.ts'
import type { PathMtuTotals, StuckPath } from './totals.ts'

const MOST_ROWS = 20

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
      {
        key: 'tooBig',
        title: 'Path MTU told by ICMP, by destination',
        columns: [
          { key: 'destination', label: 'Destination', unit: 'address' },
          { key: 'messages', label: 'Messages', unit: 'count' },
          { key: 'leastMtuBytes', label: 'Least MTU', unit: 'bytes' },
        ],
        rows: largest(tooBig, MOST_ROWS, ({ count }) => count).map(([destination, { count, leastMtuBytes }]) => [
          destination,
          count,
          Number.isFinite(leastMtuBytes) ? leastMtuBytes : null,
        ]),
        total: tooBig.size,
      },
    ],
  }
}

function stuckTable(key: string, title: string, paths: ReadonlyMap<string, StuckPath>): Table {
  return {
    key,
    title,
    columns: [
      { key: 'sender', label: 'Sender', unit: 'address' },
      { key: 'receiver', label: 'Receiver', unit: 'address' },
      { key: 'connections', label: 'Connections', unit: 'count' },
      { key: 'resends', label: 'Times sent again', unit: 'count' },
      { key: 'leastStuckBytes', label: 'Least payload that did not pass', unit: 'bytes' },
      { key: 'largestDeliveredBytes', label: 'Largest that passed before', unit: 'bytes' },
      { key: 'peerSegments', label: 'Segments of the receiver meanwhile', unit: 'count' },
      { key: 'costNs', label: 'Time lost', unit: 'ns' },
    ],
    rows: worstSubjects(paths, MOST_ROWS).map(([, path]) => [
      path.sender,
      path.receiver,
      path.count,
      path.resends,
      path.leastStuckBytes,
      path.largestDeliveredBytes,
      path.peerSegments,
      path.costNs,
    ]),
    total: paths.size,
  }
}
