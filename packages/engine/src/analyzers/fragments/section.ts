import type { CaptureSummary, Section } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { captureEndNs } from '../support/capture-end.ts'
import type { Datagram, FragmentTotals } from './totals.ts'

/** The rest of a datagram that began this late may follow after the capture's end. */
const MAY_FOLLOW_NS = 1e9

/** Facts of the analyzer, and the datagrams that lack a piece for good. */
export function fragmentSection(
  head: { id: string; title: string },
  totals: FragmentTotals,
  capture: CaptureSummary,
): { section: Section; incomplete: Datagram[] } {
  const lastNs = captureEndNs(capture) - MAY_FOLLOW_NS
  const incomplete = [...totals.dropped, ...totals.open.values()].filter(({ lastTimeNs }) => lastTimeNs <= lastNs)
  incomplete.sort((a, b) => a.frames[0] - b.frames[0])
  const largestBytes = [...totals.pairs.values()].reduce((most, pair) => Math.max(most, pair.largestBytes), 0)
  const sum = (of: 'tiny' | 'overlapping') => [...totals.pairs.values()].reduce((all, pair) => all + pair[of].total, 0)
  const section: Section = {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      { key: 'fragmentsV4', label: 'Fragments of IPv4', unit: 'count', value: totals.fragmentsV4 },
      { key: 'fragmentsV6', label: 'Fragments of IPv6', unit: 'count', value: totals.fragmentsV6 },
      { key: 'complete', label: 'Datagrams put together', unit: 'count', value: totals.complete },
      {
        key: 'incomplete',
        label: 'Datagrams that lack a piece',
        unit: 'count',
        value: incomplete.length + totals.beyond,
      },
      { key: 'tiny', label: 'Tiny fragments', unit: 'count', value: sum('tiny') },
      { key: 'overlapping', label: 'Overlapping fragments', unit: 'count', value: sum('overlapping') },
      { key: 'cut', label: 'Fragments cut by the snap length', unit: 'count', value: totals.cut },
      { key: 'notRead', label: 'Atomic fragments, and others not read', unit: 'count', value: totals.notRead },
      { key: 'largestBytes', label: 'Largest fragment', unit: 'bytes', value: largestBytes > 0 ? largestBytes : null },
    ],
    tables: [
      tableOf(
        { key: 'pairs', title: 'Hosts that send fragments', total: totals.pairs.size },
        largest(totals.pairs, MOST_ROWS, (pair) => pair.fragments),
        [
          { key: 'source', label: 'From', unit: 'address', value: ([, pair]) => pair.source },
          { key: 'destination', label: 'To', unit: 'address', value: ([, pair]) => pair.destination },
          { key: 'fragments', label: 'Fragments', unit: 'count', value: ([, pair]) => pair.fragments },
          { key: 'complete', label: 'Datagrams put together', unit: 'count', value: ([, pair]) => pair.complete },
          { key: 'largestBytes', label: 'Largest fragment', unit: 'bytes', value: ([, pair]) => pair.largestBytes },
        ],
      ),
    ],
  }
  return { section, incomplete }
}
