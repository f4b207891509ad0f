import type { Section } from '../../report.ts'
import { tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { type Basis, bases, type ServiceTotals } from './totals.ts'

const MOST_ROWS = 50
const labels: Readonly<Record<Basis, string>> = {
  content: 'Flows known by their content',
  port: 'Flows known by their port',
  behaviour: 'Flows judged by behaviour',
  none: 'Flows of unknown service',
}

/** Facts of the analyzer. */
export function serviceSection(head: { id: string; title: string }, totals: ServiceTotals): Section {
  const counts = bases.flatMap((basis) => [...totals.counts[basis].values()])
  const byName = new Map(counts.map((count) => [`${count.service}|${count.basis}`, count]))
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: bases.map((basis) => ({
      key: basis,
      label: labels[basis],
      unit: 'count',
      value: counts.reduce((sum, count) => sum + (count.basis === basis ? count.flows : 0), 0),
    })),
    tables: [
      tableOf(
        { key: 'services', title: 'Services by bytes', total: counts.length },
        largest(byName, MOST_ROWS, ({ wireBytes }) => wireBytes),
        [
          { key: 'service', label: 'Service', unit: 'text', value: ([, count]) => count.service },
          { key: 'basis', label: 'Known by', unit: 'text', value: ([, count]) => count.basis },
          { key: 'flows', label: 'Flows', unit: 'count', value: ([, count]) => count.flows },
          { key: 'packets', label: 'Packets', unit: 'count', value: ([, count]) => count.packets },
          { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: ([, count]) => count.wireBytes },
        ],
      ),
    ],
  }
}
