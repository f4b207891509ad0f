import type { CaptureSummary, Section } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { captureEndNs } from '../support/capture-end.ts'
import { connectionStates } from './state.ts'
import { type EndTotals, keepFirst, resetPhases } from './totals.ts'

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
      tableOf({ key: 'states', title: 'Connections by state when last seen' }, connectionStates, [
        { key: 'state', label: 'State', unit: 'text', value: (state) => state },
        { key: 'connections', label: 'Connections', unit: 'count', value: (state) => totals.states[state] },
      ]),
      tableOf({ key: 'phases', title: 'First resets of connections by phase' }, resetPhases, [
        { key: 'phase', label: 'Phase', unit: 'text', value: (phase) => phase },
        { key: 'byInitiator', label: 'By the initiator', unit: 'count', value: (phase) => totals.phases[phase][0] },
        { key: 'byResponder', label: 'By the responder', unit: 'count', value: (phase) => totals.phases[phase][1] },
      ]),
      tableOf(
        { key: 'resets', title: 'First resets of connections', total: totals.resets - totals.repeatedResets },
        totals.listed.slice(0, MOST_ROWS),
        [
          { key: 'frame', label: 'Frame', unit: 'frame', value: (reset) => reset.frame },
          { key: 'stream', label: 'Stream', unit: 'stream', value: (reset) => reset.stream },
          { key: 'sender', label: 'Sent by', unit: 'address', value: (reset) => reset.sender },
          { key: 'senderPort', label: 'Port', unit: 'port', value: (reset) => reset.senderPort },
          { key: 'peer', label: 'To', unit: 'address', value: (reset) => reset.peer },
          { key: 'peerPort', label: 'Port', unit: 'port', value: (reset) => reset.peerPort },
          { key: 'phase', label: 'Phase', unit: 'text', value: (reset) => reset.phase },
          {
            key: 'sinceDataNs',
            label: 'Since the last data',
            unit: 'ns',
            value: (reset) => (reset.sinceDataNs < 0 ? null : reset.sinceDataNs),
          },
        ],
      ),
    ],
  }
}
