import type { Fact } from '../../report.ts'
import { type DurationHistogram, percentileNs } from './duration-histogram.ts'

/** Percentiles that are told; each needs so many samples that at least one lies beyond it. */
const percentiles = [
  { name: 'P95', label: '95th percentile', ratio: 0.95, least: 20 },
  { name: 'P99', label: '99th percentile', ratio: 0.99, least: 100 },
] as const

/** Median, percentiles and greatest of durations; null where there are too few samples, which each fact tells. */
export function percentileFacts(key: string, label: string, histogram: DurationHistogram): Fact[] {
  const samples = histogram.count
  const fact = (name: string, what: string, value: number | null): Fact => ({
    key: key === '' ? `${name[0].toLowerCase()}${name.slice(1)}Ns` : `${key}${name}Ns`,
    label: `${label}: ${what}`,
    unit: 'ns',
    value,
    samples,
  })
  return [
    fact('Median', 'median', percentileNs(histogram, 0.5)),
    ...percentiles.map(({ name, label: what, ratio, least }) =>
      fact(name, what, samples >= least ? percentileNs(histogram, ratio) : null),
    ),
    fact('Greatest', 'greatest', percentileNs(histogram, 1)),
  ]
}
