import type { Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { type DurationHistogram, meanNs, percentileNs } from '../support/duration-histogram.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import type { RttTotals } from './totals.ts'

/** Facts of the analyzer; `isFiltered` when only slow handshakes were asked for. */
export function rttSection(head: { id: string; title: string }, times: RttTotals, isFiltered: boolean): Section {
  const { initial, data, responders } = times
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [...facts('initial', 'Initial RTT', initial), ...facts('data', 'RTT of data', data)],
    tables: [responderTable(responders, isFiltered)],
  }
}

function responderTable(responders: Map<string, DurationHistogram>, isFiltered: boolean): Table {
  return tableOf(
    {
      key: 'responders',
      title: isFiltered ? 'Responders with handshakes slower than asked for' : 'Responders by longest median handshake',
      total: responders.size,
    },
    largest(responders, MOST_ROWS, (histogram) => percentileNs(histogram, 0.5) ?? 0),
    [
      { key: 'responder', label: 'Responder', unit: 'address', value: ([address]) => address },
      { key: 'handshakes', label: 'Handshakes', unit: 'count', value: ([, histogram]) => histogram.count },
      { key: 'leastNs', label: 'Least', unit: 'ns', value: ([, histogram]) => histogram.leastNs },
      { key: 'medianNs', label: 'Median', unit: 'ns', value: ([, histogram]) => percentileNs(histogram, 0.5) },
      { key: 'greatestNs', label: 'Greatest', unit: 'ns', value: ([, histogram]) => histogram.greatestNs },
    ],
  )
}

function facts(key: string, label: string, histogram: DurationHistogram): Section['facts'] {
  const hasSamples = histogram.count > 0
  return [
    { key: `${key}Samples`, label: `${label}: samples`, unit: 'count', value: histogram.count },
    { key: `${key}LeastNs`, label: `${label}: least`, unit: 'ns', value: hasSamples ? histogram.leastNs : null },
    { key: `${key}MeanNs`, label: `${label}: mean`, unit: 'ns', value: meanNs(histogram) },
    ...percentileFacts(key, label, histogram),
  ]
}
