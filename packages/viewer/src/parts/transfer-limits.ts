import type { Column, ConnectionDetail, Table, TransferLimit, TransferLimits } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { dataTable } from './data-table.ts'

/** Colours of the budget's parts, which mean nearly the same. */
const colourOf: Readonly<Record<TransferLimit, string>> = {
  application: 'part-server',
  'receiver-window': 'part-zeroWindow',
  'congestion-window': 'part-transfer',
  'loss-recovery': 'part-retransmission',
  path: 'part-path',
}

const limitsInOrder = Object.keys(colourOf) as readonly TransferLimit[]

/** What held the bulk transfers of a connection back, as shares of their time; null when it had none. */
export function transferLimitsOf(context: Context, connection: ConnectionDetail): HTMLElement | null {
  const { words } = context
  const transfers = connection.limits.flatMap((limits, side) =>
    limits === null ? [] : [transferOf(context, limits, side === 0 ? words.fromInitiator : words.fromResponder)],
  )
  return transfers.length === 0 ? null : h('div', { class: 'transfer-limits' }, ...transfers)
}

function transferOf(context: Context, limits: TransferLimits, from: string): HTMLElement {
  const { words, value } = context
  const { payloadBytes, durationNs, limitNs } = limits
  const shares = limitsInOrder
    .map((limit) => ({ limit, ns: limitNs[limit] }))
    .filter(({ ns }) => ns > 0)
    .sort((a, b) => b.ns - a.ns)
  const sentences = shares.map(({ limit, ns }) => `${words.limits[limit]} ${value(ns / durationNs, 'ratio')}`)
  const pieces = shares.map(({ limit, ns }, i) => {
    const piece = h('span', { class: `bar-piece ${colourOf[limit]}`, title: sentences[i] })
    piece.style.width = `${(100 * ns) / durationNs}%`
    return piece
  })
  const behind = h('details', { class: 'behind' }, h('summary', {}, words.tableBehind))
  behind.append(dataTable(context, tableOf(context, shares, durationNs)))
  return h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('h4', { 'aria-level': context.chartLevel }, `${words.heldBack} (${from})`),
      h('span', { class: 'quiet' }, `${value(payloadBytes, 'bytes')}, ${value(durationNs, 'ns')}`),
    ),
    h('div', { class: 'bar', role: 'img', 'aria-label': sentences.join(', ') }, ...pieces),
    h('p', {}, `${sentences.join(', ')}.`),
    behind,
  )
}

function tableOf(
  { words }: Context,
  shares: readonly { limit: TransferLimit; ns: number }[],
  durationNs: number,
): Table {
  const columns: Column[] = [
    { key: 'limit', label: words.heldBack, unit: 'text' },
    { key: 'timeNs', label: words.time, unit: 'ns' },
    { key: 'share', label: words.share, unit: 'ratio' },
  ]
  const rows = shares.map(({ limit, ns }) => [words.limits[limit], ns, ns / durationNs])
  return { key: 'limits', title: words.heldBack, columns, rows, total: rows.length }
}
