import type { Section } from '../../report.ts'
import { countTable } from '../support/counter.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import type { HttpTotals } from './totals.ts'

/** Facts of the analyzer. */
export function httpSection(head: { id: string; title: string }, counts: HttpTotals): Section {
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      { key: 'requests', label: 'Requests', unit: 'count', value: counts.requests },
      { key: 'responses', label: 'Responses', unit: 'count', value: counts.responses },
      {
        key: 'timedResponses',
        label: 'Responses with their request',
        unit: 'count',
        value: counts.firstByte.count,
      },
      {
        key: 'slowByServer',
        label: 'Responses that the server began late',
        unit: 'count',
        value: counts.slowByServer,
      },
      ...percentileFacts('firstByte', 'First byte after request', counts.firstByte),
      ...percentileFacts('lastByte', 'Last byte after request', counts.lastByte),
    ],
    tables: [
      countTable(
        'statuses',
        'Responses by status code',
        { key: 'status', label: 'Status', unit: 'text' },
        { key: 'responses', label: 'Responses', unit: 'count' },
        counts.statuses,
      ),
      countTable(
        'hosts',
        'Hosts asked for most',
        { key: 'host', label: 'Host', unit: 'text' },
        { key: 'requests', label: 'Requests', unit: 'count' },
        counts.hosts,
      ),
    ],
  }
}
