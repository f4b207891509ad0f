import type { Section } from '../../report.ts'
import { silenceKinds } from './flow-silences.ts'
import { type SilenceTotals, settleLists } from './totals.ts'

const MOST_ROWS = 20

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
      {
        key: 'kinds',
        title: 'Silences of other flows by what they were',
        columns: [
          { key: 'kind', label: 'Kind', unit: 'text' },
          { key: 'silences', label: 'Silences', unit: 'count' },
          { key: 'totalNs', label: 'Together', unit: 'ns' },
        ],
        rows: silenceKinds.map((kind, i) => [kind, counts[i], totalNs[i]]),
        total: silenceKinds.length,
      },
      longestTable(totals),
      periodicTable(totals),
    ],
  }
}

function longestTable({ longest, counts, periodicSilences }: SilenceTotals): Section['tables'][number] {
  return {
    key: 'longest',
    title: 'Longest silences',
    columns: [
      { key: 'durationNs', label: 'Duration', unit: 'ns' },
      { key: 'kind', label: 'Kind', unit: 'text' },
      { key: 'isPeriodic', label: 'Periodic', unit: 'text' },
      { key: 'frameBefore', label: 'Last frame before', unit: 'frame' },
      { key: 'frameAfter', label: 'First frame after', unit: 'frame' },
      { key: 'transport', label: 'Transport', unit: 'protocol' },
      { key: 'stream', label: 'Stream', unit: 'stream' },
      { key: 'initiator', label: 'Initiator', unit: 'address' },
      { key: 'initiatorPort', label: 'Port', unit: 'port' },
      { key: 'responder', label: 'Responder', unit: 'address' },
      { key: 'responderPort', label: 'Port', unit: 'port' },
    ],
    rows: longest
      .slice(0, MOST_ROWS)
      .map((silence) => [
        silence.durationNs,
        silence.kind,
        silence.isPeriodic,
        silence.frameBefore,
        silence.frameAfter,
        silence.transport,
        silence.stream,
        silence.initiator,
        silence.initiatorPort,
        silence.responder,
        silence.responderPort,
      ]),
    total: periodicSilences + counts.reduce((sum, count) => sum + count, 0),
  }
}

function periodicTable({ periodic, periodicFlows }: SilenceTotals): Section['tables'][number] {
  return {
    key: 'periodic',
    title: 'Flows that speak at regular times',
    columns: [
      { key: 'transport', label: 'Transport', unit: 'protocol' },
      { key: 'stream', label: 'Stream', unit: 'stream' },
      { key: 'initiator', label: 'Initiator', unit: 'address' },
      { key: 'responder', label: 'Responder', unit: 'address' },
      { key: 'responderPort', label: 'Port', unit: 'port' },
      { key: 'silences', label: 'Silences', unit: 'count' },
      { key: 'meanNs', label: 'Mean silence', unit: 'ns' },
    ],
    rows: periodic
      .slice(0, MOST_ROWS)
      .map((flow) => [
        flow.transport,
        flow.stream,
        flow.initiator,
        flow.responder,
        flow.responderPort,
        flow.silences,
        flow.meanNs,
      ]),
    total: periodicFlows,
  }
}
