import type { Observations } from '../../core/observations.ts'
import type { Table } from '../../report.ts'
import { tableOf } from '../../tables.ts'
import { fullWindowShare, savedByDoubling } from '../windows/side.ts'
import { RETRANSMISSION, SERVER, ZERO_WINDOW } from './parts.ts'

/** What the time waited would have been with one thing changed: the budget recomputed, the formula beside it. */
export function whatIfTable(
  waitedNs: number,
  times: readonly number[],
  savedByRttNs: number,
  savedByWindowNs: number,
): Table {
  const rows: [string, number, string][] = [
    [
      '20 ms less round-trip time',
      savedByRttNs,
      'sum over transactions of min(20 ms, round trip) × round trips: connect, TLS, request',
    ],
    ['no loss', times[RETRANSMISSION], 'waits for retransmission, as measured'],
    [
      'receive windows twice as large',
      savedByWindowNs,
      'sum over connections of transfer × share of the times the sender went on after a full window / 2, if the path has room',
    ],
    ['a window that never closes', times[ZERO_WINDOW], 'waits for a closed window, as measured'],
    ['a server twice as fast', Math.round(times[SERVER] / 2), 'server thinks / 2'],
  ]
  return tableOf({ key: 'whatIf', title: 'What if' }, rows, [
    { key: 'change', label: 'With', unit: 'text', value: ([change]) => change },
    { key: 'savedNs', label: 'Saves', unit: 'ns', value: ([, savedNs]) => savedNs },
    { key: 'remainingNs', label: 'Leaves', unit: 'ns', value: ([, savedNs]) => waitedNs - savedNs },
    { key: 'formula', label: 'Computed as', unit: 'text', value: ([, , formula]) => formula },
  ])
}

/** What a receive window twice as large saves of the time in which a direction of a connection sent. */
export function savedByWindow(
  observations: Observations,
  connection: number,
  sender: number,
  sendingNs: number,
): number {
  return savedByDoubling(sendingNs, fullWindowShare(observations, connection, sender))
}
