import { getOrMake } from '../support/bounded-map.ts'
import { type DurationHistogram, mergeHistogram, newHistogram } from '../support/duration-histogram.ts'
import { type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'
import { mergeSearchPaths, newSearchPaths, type SearchPaths } from './search-paths.ts'

const MOST_NAMES = 1 << 13

/** What the DNS analyzer remembers. */
export interface DnsTotals {
  queries: number
  /** First transmissions of queries to name servers: those that can stay without answer. */
  transactions: number
  responses: number
  repeated: EvidenceFrames
  unanswered: EvidenceFrames
  slow: EvidenceFrames
  /** Beyond the slowness limit, summed. */
  slowNs: number
  failures: EvidenceFrames
  rcodes: Map<number, number>
  latency: DurationHistogram
  names: Map<string, number>
  searchPaths: SearchPaths
}

export function newDnsTotals(): DnsTotals {
  return {
    queries: 0,
    transactions: 0,
    responses: 0,
    repeated: newEvidence(),
    unanswered: newEvidence(),
    slow: newEvidence(),
    slowNs: 0,
    failures: newEvidence(),
    rcodes: new Map(),
    latency: newHistogram(),
    names: new Map(),
    searchPaths: newSearchPaths(),
  }
}

export function mergeDns(counts: DnsTotals, other: DnsTotals): void {
  counts.queries += other.queries
  counts.transactions += other.transactions
  counts.responses += other.responses
  counts.slowNs += other.slowNs
  for (const name of ['repeated', 'unanswered', 'slow', 'failures'] as const) mergeEvidence(counts[name], other[name])
  for (const [rcode, count] of other.rcodes) counts.rcodes.set(rcode, (counts.rcodes.get(rcode) ?? 0) + count)
  mergeHistogram(counts.latency, other.latency)
  for (const [name, count] of other.names) countName(counts.names, name, count)
  mergeSearchPaths(counts.searchPaths, other.searchPaths)
}

/** Counts queries for a name; names beyond {@link MOST_NAMES} are not told apart. */
export function countName(names: Map<string, number>, name: string, count: number): void {
  const known = getOrMake(names, name, MOST_NAMES, () => 0)
  if (known !== null) names.set(name, known + count)
}
