import type { Section } from '../../report.ts'
import { type ColumnOf, MOST_ROWS, tableOf } from '../../tables.ts'
import { percentText } from '../../text/units.ts'
import { largest } from '../support/bounded-map.ts'
import { partLabels, parts, waitedNs } from './parts.ts'
import { timeSentence, waitedByOwner } from './time-sentence.ts'
import { type Budget, keepSlowest, type LatencyTotals, type Transaction } from './totals.ts'
import { whatIfTable } from './what-if.ts'

/** What is told of a transaction. */
export const transactionColumns: readonly ColumnOf<Transaction>[] = [
  { key: 'stream', label: 'Stream', unit: 'stream', value: (one) => one.stream },
  { key: 'client', label: 'Client', unit: 'address', value: (one) => one.client },
  { key: 'server', label: 'Server', unit: 'address', value: (one) => one.server },
  { key: 'serverPort', label: 'Port', unit: 'port', value: (one) => one.serverPort },
  { key: 'label', label: 'Asked for', unit: 'text', value: (one) => one.label },
  { key: 'waitedNs', label: 'Waited', unit: 'ns', value: (one) => waitedNs(one.times) },
  ...partColumns<Transaction>((one) => one.times),
  { key: 'totalNs', label: 'Whole', unit: 'ns', value: (one) => one.times.reduce((sum, time) => sum + time, 0) },
  { key: 'dnsFrame', label: 'DNS answer', unit: 'frame', value: (one) => one.dnsFrame || null },
  { key: 'beginFrame', label: 'Begins', unit: 'frame', value: (one) => one.beginFrame || null },
  { key: 'connectedFrame', label: 'Connected', unit: 'frame', value: (one) => one.connectedFrame || null },
  { key: 'requestFrame', label: 'Request', unit: 'frame', value: (one) => one.requestFrame || null },
  { key: 'requestEndFrame', label: 'Request ends', unit: 'frame', value: (one) => one.requestEndFrame || null },
  { key: 'firstByteFrame', label: 'First byte', unit: 'frame', value: (one) => one.firstByteFrame || null },
  { key: 'lastByteFrame', label: 'Last byte', unit: 'frame', value: (one) => one.lastByteFrame || null },
]

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
      tableOf(
        {
          key: 'transactions',
          title:
            'Slowest transactions, each part and the frames between them, DNS that the connection waited for included',
          total: totals.transactions,
        },
        totals.slowest.slice(0, MOST_ROWS),
        transactionColumns,
      ),
      tableOf({ key: 'servers', title: 'Servers by time waited', total: totals.servers.size }, byWait(totals.servers), [
        { key: 'server', label: 'Server', unit: 'text', value: ([server]) => server },
        ...budgetColumns(({ times }) => verdict(times)),
      ]),
      tableOf(
        { key: 'conversations', title: 'Clients and servers by time waited', total: totals.conversations.size },
        byWait(totals.conversations),
        [
          { key: 'client', label: 'Client', unit: 'address', value: ([hosts]) => hosts.split(' ')[0] },
          { key: 'server', label: 'Server', unit: 'address', value: ([hosts]) => hosts.split(' ')[1] },
          ...budgetColumns(({ times, transactions }) => timeSentence(times, transactions)),
        ],
      ),
      whatIfTable(waited, times, totals.savedByRttNs, totals.savedByWindowNs),
    ],
  }
}

type BudgetOf = readonly [string, Budget]

/** Columns of a budget, with whose time it was at the end. */
function budgetColumns(whose: (budget: Budget) => string | null): ColumnOf<BudgetOf>[] {
  return [
    { key: 'transactions', label: 'Transactions', unit: 'count', value: ([, { transactions }]) => transactions },
    { key: 'waitedNs', label: 'Waited', unit: 'ns', value: ([, { times }]) => waitedNs(times) },
    ...partColumns<BudgetOf>(([, { times }]) => times),
    { key: 'verdict', label: 'Network, server or client', unit: 'text', value: ([, budget]) => whose(budget) },
  ]
}

/** A column for each part of the time, ns. */
function partColumns<Item>(timesOf: (item: Item) => readonly number[]): ColumnOf<Item>[] {
  return parts.map((part, i) => ({
    key: `${part}Ns`,
    label: partLabels[part],
    unit: 'ns',
    value: (item) => timesOf(item)[i],
  }))
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
