import type { Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import type { DnsTotals } from './totals.ts'

/** Facts of the analyzer. */
export function dnsSection(head: { id: string; title: string }, counts: DnsTotals): Section {
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      fact('queries', 'Queries', counts.queries),
      fact('transactions', 'Queries to name servers, repetitions left out', counts.transactions),
      fact('responses', 'Responses', counts.responses),
      fact('unanswered', 'Queries without answer', counts.unanswered.total),
      fact('failures', 'Answers with an error other than no such name', counts.failures.total),
      fact('repeated', 'Messages repeated', counts.repeated.total),
      ...percentileFacts('', 'Latency', counts.latency),
    ],
    tables: [rcodeTable(counts.rcodes), nameTable(counts.names)],
  }
}

function fact(key: string, label: string, value: number): Section['facts'][number] {
  return { key, label, unit: 'count', value }
}

function rcodeTable(rcodes: Map<number, number>): Table {
  const mostFirst = [...rcodes].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return tableOf({ key: 'rcodes', title: 'Responses by code (RFC 6895)' }, mostFirst, [
    { key: 'rcode', label: 'Code', unit: 'count', value: ([rcode]) => rcode },
    { key: 'responses', label: 'Responses', unit: 'count', value: ([, responses]) => responses },
  ])
}

function nameTable(names: Map<string, number>): Table {
  return tableOf(
    { key: 'names', title: 'Names asked for most', total: names.size },
    largest(names, MOST_ROWS, (count) => count),
    [
      { key: 'name', label: 'Name', unit: 'text', value: ([name]) => name.slice(0, 255) },
      { key: 'queries', label: 'Queries', unit: 'count', value: ([, count]) => count },
    ],
  )
}
