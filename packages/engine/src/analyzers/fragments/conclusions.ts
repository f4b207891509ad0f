import type { Conclusion } from '../../finding.ts'
import { addIncident, concludeIncidents, type Incidents, newIncidents, worstSubjects } from '../support/concluding.ts'
import type { EvidenceFrames } from '../support/evidence-frames.ts'
import type { Datagram, FragmentPair, FragmentTotals } from './totals.ts'

const MOST_PAIRS = 5
const MANY_INCOMPLETE = 10

export function fragmentConclusions(totals: FragmentTotals, incomplete: readonly Datagram[]): Conclusion[] {
  return [
    ...lost(totals, incomplete),
    ...pieces(totals, 'ip-fragments-overlap', (pair) => pair.overlapping),
    ...pieces(totals, 'ip-fragments-tiny', (pair) => pair.tiny),
  ]
}

function lost(totals: FragmentTotals, incomplete: readonly Datagram[]): Conclusion[] {
  const pairs = new Map<string, Incidents>()
  for (const { source, destination, frames } of incomplete) {
    const key = `${source} > ${destination}`
    const incidents = pairs.get(key) ?? newIncidents()
    addIncident(incidents, 0, ...frames)
    pairs.set(key, incidents)
  }
  return worstSubjects(pairs, MOST_PAIRS).map(([key, incidents]) => {
    const complete = totals.pairs.get(key)?.complete ?? 0
    const isMuch = incidents.count >= MANY_INCOMPLETE && incidents.count * 10 >= complete
    return {
      ...concludeIncidents('ip-fragments-lost', key, incidents, isMuch ? 'medium' : 'low'),
      confidence: 'medium',
      values: { pair: key, datagrams: incidents.count, complete },
      hypotheses: [
        { id: 'dropped', accepted: complete === 0, values: { complete } },
        { id: 'lost', accepted: complete > 0, values: { complete, datagrams: incidents.count } },
      ],
      needs: ['no-capture-drops', 'whole-packets'],
    }
  })
}

function pieces(totals: FragmentTotals, kind: string, of: (pair: FragmentPair) => EvidenceFrames): Conclusion[] {
  const pairs = new Map<string, Incidents>()
  for (const [key, pair] of totals.pairs) {
    const frames = of(pair)
    if (frames.total > 0) pairs.set(key, { ...newIncidents(), count: frames.total, frames })
  }
  return worstSubjects(pairs, MOST_PAIRS).map(([key, incidents]) => ({
    ...concludeIncidents(kind, key, incidents, kind === 'ip-fragments-overlap' ? 'medium' : 'low'),
    values: { pair: key, fragments: incidents.count },
    hypotheses: [{ id: 'evasion', accepted: true, values: { fragments: incidents.count } }],
    needs: [],
  }))
}
