import type { Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { silenceKinds } from './flow-silences.ts'
import { type SilenceTotals, settleLists } from './totals.ts'

/** Facts of the analyzer. */
export function silenceSection(head: { id: string; title: string }, totals: SilenceTotals): Section {
  settleLists(totals)
  const { counts, totalNs } = totals
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      { key: 'silentFlows', label: 'Flows that were ever silent', unit: 'count', value: totals.silentFlows },
      { key: 'periodicFlows', label: 'Flows that speak at regular times', unit: 'count', value: totals.periodicFlows },
      { key: 'periodicSilences', label: 'Silences of these', unit: 'count', value: totals.periodicSilences },
      { key: 'beyond', label: 'Silences not remembered', unit: 'count', value: totals.beyond },
    ],
    tables: [
      tableOf({ key: 'kinds', title: 'Silences of other flows by what they were' }, silenceKinds, [
        { key: 'kind', label: 'Kind', unit: 'text', value: (kind) => kind },
        { key: 'silences', label: 'Silences', unit: 'count', value: (_, i) => counts[i] },
        { key: 'totalNs', label: 'Together', unit: 'ns', value: (_, i) => totalNs[i] },
      ]),
      longestTable(totals),
      periodicTable(totals),
    ],
  }
}

function longestTable({ longest, counts, periodicSilences }: SilenceTotals): Table {
  return tableOf(
    {
      key: 'longest',
      title: 'Longest silences',
      total: periodicSilences + counts.reduce((sum, count) => sum + count, 0),
    },
    longest.slice(0, MOST_ROWS),
    [
      { key: 'durationNs', label: 'Duration', unit: 'ns', value: (silence) => silence.durationNs },
      { key: 'kind', label: 'Kind', unit: 'text', value: (silence) => silence.kind },
      { key: 'isPeriodic', label: 'Periodic', unit: 'text', value: (silence) => silence.isPeriodic },
      { key: 'frameBefore', label: 'Last frame before', unit: 'frame', value: (silence) => silence.frameBefore },
      { key: 'frameAfter', label: 'First frame after', unit: 'frame', value: (silence) => silence.frameAfter },
      { key: 'transport', label: 'Transport', unit: 'protocol', value: (silence) => silence.transport },
      { key: 'stream', label: 'Stream', unit: 'stream', value: (silence) => silence.stream },
      { key: 'initiator', label: 'Initiator', unit: 'address', value: (silence) => silence.initiator },
      { key: 'initiatorPort', label: 'Port', unit: 'port', value: (silence) => silence.initiatorPort },
      { key: 'responder', label: 'Responder', unit: 'address', value: (silence) => silence.responder },
      { key: 'responderPort', label: 'Port', unit: 'port', value: (silence) => silence.responderPort },
    ],
  )
}

function periodicTable({ periodic, periodicFlows }: SilenceTotals): Table {
  return tableOf(
    { key: 'periodic', title: 'Flows that speak at regular times', total: periodicFlows },
    periodic.slice(0, MOST_ROWS),
    [
      { key: 'transport', label: 'Transport', unit: 'protocol', value: (flow) => flow.transport },
      { key: 'stream', label: 'Stream', unit: 'stream', value: (flow) => flow.stream },
      { key: 'initiator', label: 'Initiator', unit: 'address', value: (flow) => flow.initiator },
      { key: 'responder', label: 'Responder', unit: 'address', value: (flow) => flow.responder },
      { key: 'responderPort', label: 'Port', unit: 'port', value: (flow) => flow.responderPort },
      { key: 'silences', label: 'Silences', unit: 'count', value: (flow) => flow.silences },
      { key: 'meanNs', label: 'Mean silence', unit: 'ns', value: (flow) => flow.meanNs },
    ],
  )
}
