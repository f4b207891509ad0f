import type { CaptureSummary, Section } from '../../report.ts'
import { captureEndNs } from '../support/capture-end.ts'
import { connectionStates } from './state.ts'
import { type EndTotals, keepFirst, resetPhases } from './totals.ts'

const MOST_ROWS = 20

/** Facts of the analyzer. */
export function endSection(
  head: { id: string; title: string },
  totals: EndTotals,
  capture: CaptureSummary,
  idleNs: number,
): Section {
  keepFirst(totals)
  const lastSecond = (captureEndNs(capture) - idleNs) / 1e9
  let idle = 0
  for (const [second, count] of totals.openLastSeconds) if (second <= lastSecond) idle += count
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      { key: 'idle', label: 'Open connections that were idle at the end', unit: 'count', value: idle },
      { key: 'resets', label: 'Segments with RST', unit: 'count', value: totals.resets },
      { key: 'repeatedResets', label: 'Of these: after a first one', unit: 'count', value: totals.repeatedResets },
    ],
    tables: [
      {
        key: 'states',
        title: 'Connections by state when last seen',
        columns: [
          { key: 'state', label: 'State', unit: 'text' },
          { key: 'connections', label: 'Connections', unit: 'count' },
        ],
        rows: connectionStates.map((state) => [state, totals.states[state]]),
        total: connectionStates.length,
      },
      {
        key: 'phases',
        title: 'First resets of connections by phase',
        columns: [
          { key: 'phase', label: 'Phase', unit: 'text' },
          { key: 'byInitiator', label: 'By the initiator', unit: 'count' },
          { key: 'byResponder', label: 'By the responder', unit: 'count' },
        ],
        rows: resetPhases.map((phase) => [phase, ...totals.phases[phase]]),
        total: resetPhases.length,
      },
      {
        key: 'resets',
        title: 'First resets of connections',
        columns: [
          { key: 'frame', label: 'Frame', unit: 'frame' },
          { key: 'stream', label: 'Stream', unit: 'stream' },
          { key: 'sender', label: 'Sent by', unit: 'address' },
          { key: 'senderPort', label: 'Port', unit: 'port' },
          { key: 'peer', label: 'To', unit: 'address' },
          { key: 'peerPort', label: 'Port', unit: 'port' },
          { key: 'phase', label: 'Phase', unit: 'text' },
          { key: 'sinceDataNs', label: 'Since the last data', unit: 'ns' },
        ],
        rows: totals.listed
          .slice(0, MOST_ROWS)
          .map((reset) => [
            reset.frame,
            reset.stream,
            reset.sender,
            reset.senderPort,
            reset.peer,
            reset.peerPort,
            reset.phase,
            reset.sinceDataNs < 0 ? null : reset.sinceDataNs,
          ]),
        total: totals.resets - totals.repeatedResets,
      },
    ],
  }
}
