import type { BurstShare, Column, Table, Unit } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { dataTable } from './data-table.ts'

/** Who sent and received within each burst; null when there was none or nobody looked a second time. */
export function burstShares(context: Context): HTMLElement | null {
  const { report, words, value } = context
  const bursts = report.details?.bursts ?? []
  if (bursts.length === 0) return null
  const column = (key: string, label: string, unit: Unit): Column => ({ key, label, unit })
  const told = (shares: readonly BurstShare[]) =>
    shares.map(({ name, wireBytes }) => `${name} (${value(wireBytes, 'bytes')})`).join(', ')
  const table: Table = {
    key: 'burstShares',
    title: words.burstShares,
    columns: [
      column('firstFrame', words.frame, 'frame'),
      column('sources', words.source, 'text'),
      column('destinations', words.destination, 'text'),
      column('protocols', words.protocol, 'text'),
    ],
    rows: bursts.map(({ firstFrame, sources, destinations, protocols }) => [
      firstFrame,
      told(sources),
      told(destinations),
      told(protocols),
    ]),
    total: bursts.length,
  }
  return dataTable(context, table)
}
