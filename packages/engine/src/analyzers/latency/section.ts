import type { Column, Section, Value } from '../../report.ts'
import { percentText } from '../../text/units.ts'
import { largest } from '../support/bounded-map.ts'
import { partLabels, parts, waitedNs } from './parts.ts'
import { timeSentence, waitedByOwner } from './time-sentence.ts'
import { type Budget, keepSlowest, type LatencyTotals, type Transaction } from './totals.ts'
import { whatIfTable } from './what-if.ts'

const MOST_ROWS = 20

/** What is told of a transaction. */
export const transactionColumns: readonly Column[] = [
  { key: 'stream', label: 'Stream', unit: 'stream' },
  { key: 'client', label: 'Client', unit: 'address' },
  { key: 'server', label: 'Server', unit: 'address' },
  { key: 'serverPort', label: 'Port', unit: 'port' },
  { key: 'label', label: 'Asked for', unit: 'text' },
  { key: 'waitedNs', label: 'Waited', unit: 'ns' },
  ...parts.map((part) => ({ key: `${part}Ns`, label: partLabels[part], unit: 'ns' as const })),
  { key: 'totalNs', label: 'Whole', unit: 'ns' },
  { key: 'dnsFrame', label: 'DNS answer', unit: 'frame' },
  { key: 'beginFrame', label: 'Begins', unit: 'frame' },
  { key: 'connectedFrame', label: 'Connected', unit: 'frame' },
  { key: 'requestFrame', label: 'Request', unit: 'frame' },
  { key: 'requestEndFrame', label: 'Request ends', unit: 'frame' },
  { key: 'firstByteFrame', label: 'First byte', unit: 'frame' },
  { key: 'lastByteFrame', label: 'Last byte', unit: 'frame' },
]

/** A transaction as one value a column. */
export function transactionRow(one: Transaction): Value[] {
  return [
    one.stream,
    one.client,
    one.server,
    one.serverPort,
    one.label,
    waitedNs(one.times),
    ...one.times,
    one.times.reduce((sum, time) => sum + time, 0),
    ...[one.dnsFrame, one.beginFrame, one.connectedFrame, one.requestFrame].map(frameOrNull),
    ...[one.requestEndFrame, one.firstByteFrame, one.lastByteFrame].map(frameOrNull),
  ]
}

/** Facts of the analyzer: the whole budget, by server, the slowest transactions, and what would change it. */
export function latencySection(head: { id: string; title: string }, totals: LatencyTotals): Section {
  keepSlowest(totals)
  const times = [totals.dnsNs, ...totals.times.slice(1)]
  const waited = waitedNs(times)
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      { key: 'transactions', label: 'Requests answered', unit: 'count', value: totals.transactions },
      { key: 'waitedNs', label: 'Waited for, together', unit: 'ns', value: waited },
      { key: 'verdict', label: 'Network, server or client', unit: 'text', value: verdict(times) },
      { key: 'dnsTransactions', label: 'DNS queries answered', unit: 'count', value: totals.dnsTransactions },
      { key: 'dnsNs', label: 'Waited for DNS, all answers together', unit: 'ns', value: totals.dnsNs },
      ...parts.slice(1).map((part, i) => ({
        key: `${part}Ns`,
        label: partLabels[part],
        unit: 'ns' as const,
        value: totals.times[i + 1],
      })),
    ],
    tables: [
      {
        key: 'transactions',
        title:
          'Slowest transactions, each part and the frames between them, DNS that the connection waited for included',
        columns: transactionColumns,
        rows: totals.slowest.slice(0, MOST_ROWS).map(transactionRow),
        total: totals.transactions,
      },
      {
        key: 'servers',
        title: 'Servers by time waited',
        columns: [{ key: 'server', label: 'Server', unit: 'text' }, ...budgetColumns],
        rows: byWait(totals.servers).map(([server, budget]) => [server, ...budgetRow(budget), verdict(budget.times)]),
        total: totals.servers.size,
      },
      {
        key: 'conversations',
        title: 'Clients and servers by time waited',
        columns: [
          { key: 'client', label: 'Client', unit: 'address' },
          { key: 'server', label: 'Server', unit: 'address' },
          ...budgetColumns,
        ],
        rows: byWait(totals.conversations).map(([hosts, budget]) => [
          ...hosts.split(' '),
          ...budgetRow(budget),
          timeSentence(budget.times, budget.transactions),
        ]),
        total: totals.conversations.size,
      },
      whatIfTable(waited, times, totals.savedByRttNs, totals.savedByWindowNs),
    ],
  }
}

const budgetColumns: readonly Column[] = [
  { key: 'transactions', label: 'Transactions', unit: 'count' },
  { key: 'waitedNs', label: 'Waited', unit: 'ns' },
  ...parts.map((part) => ({ key: `${part}Ns`, label: partLabels[part], unit: 'ns' as const })),
  { key: 'verdict', label: 'Network, server or client', unit: 'text' },
]

function budgetRow({ transactions, times }: Budget): Value[] {
  return [transactions, waitedNs(times), ...times]
}

function byWait(budgets: ReadonlyMap<string, Budget>): [string, Budget][] {
  return largest(budgets, MOST_ROWS, ({ times }) => waitedNs(times))
}

/** Whose time it was, in one line: `server 62.0 %, transfer 20.1 %, network 15.3 %, client 2.60 %`; null when nobody waited. */
export function verdict(times: readonly number[]): string | null {
  const waited = waitedNs(times)
  if (waited <= 0) return null
  const shares = waitedByOwner(times)
  return largest(shares, shares.size, (time) => time)
    .map(([owner, time]) => `${owner} ${percentText(time, waited)}`)
    .join(', ')
}

function frameOrNull(frame: number): number | null {
  return frame === 0 ? null : frame
}
