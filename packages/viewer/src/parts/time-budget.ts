import type { Section, Table, Value } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { dataTable } from './data-table.ts'
import { columnAt, factOf, tableOf } from './section-access.ts'

/** Parts in the order in which they pass; the client's own pauses are nobody's wait. */
const parts = [
  'dns',
  'connect',
  'tls',
  'request',
  'path',
  'server',
  'transfer',
  'retransmission',
  'zeroWindow',
] as const
const MOST_BARS = 12

/** Where the time went: one bar for all, what would change it, and the slowest requests. */
export function timeBudget(context: Context): HTMLElement | null {
  const { report, words, value, text, label } = context
  const section = report.sections.find(({ id }) => id === 'latency')
  if (section === undefined) return null
  const waitedNs = Number(factOf(section, 'waitedNs') ?? 0)
  const head = h('h2', { id: 'time-title' }, words.timeWent)
  const card = h('section', { class: 'card', id: 'time', 'aria-labelledby': 'time-title' }, head)
  if (waitedNs <= 0) {
    card.append(h('p', { class: 'quiet' }, words.nobodyWaited))
    return card
  }
  const verdict = factOf(section, 'verdict')
  // the time of DNS is in the sum, so its answers are too
  const answers = Number(factOf(section, 'transactions') ?? 0) + Number(factOf(section, 'dnsTransactions') ?? 0)
  const shares = parts
    .map((part) => ({ part, ns: Number(factOf(section, `${part}Ns`) ?? 0) }))
    .filter(({ ns }) => ns > 0)
  card.append(
    h(
      'p',
      { class: 'lead' },
      `${words.waited(value(waitedNs, 'ns'), answers, value(answers, 'count'))}${words.colon}`,
      h('strong', {}, text(String(verdict ?? ''))),
    ),
    bar(context, shares, waitedNs),
    h(
      'table',
      { class: 'budget' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, words.part),
          h('th', { scope: 'col', class: 'number' }, words.time),
          h('th', { scope: 'col', class: 'number' }, words.share),
        ),
      ),
      h(
        'tbody',
        {},
        ...[...shares]
          .sort((a, b) => b.ns - a.ns)
          .map(({ part, ns }) =>
            h(
              'tr',
              {},
              h(
                'th',
                { scope: 'row' },
                h('span', { class: `swatch part-${part}`, 'aria-hidden': 'true' }),
                label(partLabel(section, part)),
              ),
              h('td', { class: 'number' }, value(ns, 'ns')),
              h('td', { class: 'number' }, value(ns / waitedNs, 'ratio')),
            ),
          ),
      ),
    ),
    ...[whatIf(context, tableOf(section, 'whatIf')), waterfall(context, section)].filter((part) => part !== null),
  )
  return card
}

/** A bar of parts, as wide as they took of the whole. */
function bar(
  { value, label, report }: Context,
  shares: readonly { part: string; ns: number }[],
  wholeNs: number,
): HTMLElement {
  const section = report.sections.find(({ id }) => id === 'latency')
  const names = shares.map(
    ({ part, ns }) => `${label(section === undefined ? part : partLabel(section, part))} ${value(ns, 'ns')}`,
  )
  const pieces = shares.map(({ part, ns }, i) => {
    const piece = h('span', { class: `bar-piece part-${part}`, title: names[i] })
    piece.style.width = `${(100 * ns) / wholeNs}%`
    return piece
  })
  return h('div', { class: 'bar', role: 'img', 'aria-label': names.join(', ') }, ...pieces)
}

function partLabel(section: Section, part: string): string {
  const table = tableOf(section, 'transactions')
  return table?.columns.find(({ key }) => key === `${part}Ns`)?.label ?? part
}

function whatIf({ label, value, text }: Context, table: Table | undefined): HTMLElement | null {
  if (table === undefined || table.rows.length === 0) return null
  const at = (key: string) => columnAt(table, key)
  const rows = table.rows.filter((row) => Number(row[at('savedNs')]) > 0)
  if (rows.length === 0) return null
  return h(
    'div',
    { class: 'what-if' },
    h('h3', {}, label(table.title)),
    h(
      'ul',
      {},
      ...rows.map((row) =>
        h(
          'li',
          {},
          h('strong', {}, `−${value(row[at('savedNs')], 'ns')}`),
          ` ${text(String(row[at('change')]))} `,
          h('span', { class: 'quiet' }, text(String(row[at('formula')]))),
        ),
      ),
    ),
  )
}

/** The slowest requests, each as a bar of its parts on a common scale. */
function waterfall(context: Context, section: Section): HTMLElement | null {
  const table = tableOf(section, 'transactions')
  if (table === undefined || table.rows.length === 0) return null
  const { words, value, text } = context
  const at = (key: string) => columnAt(table, key)
  const number = (row: readonly Value[], key: string) => Number(row[at(key)] ?? 0)
  const rows = table.rows.slice(0, MOST_BARS)
  const longestNs = Math.max(1, ...rows.map((row) => number(row, 'waitedNs')))
  const lines = rows.map((row) => {
    const shares = parts.map((part) => ({ part, ns: number(row, `${part}Ns`) })).filter(({ ns }) => ns > 0)
    const drawn = bar(context, shares, longestNs)
    const name = String(row[at('label')] ?? '') || `${row[at('server')]}:${row[at('serverPort')]}`
    return h(
      'li',
      {},
      h('span', { class: 'waterfall-name' }, text(name, 80)),
      drawn,
      h('span', { class: 'number' }, value(number(row, 'waitedNs'), 'ns')),
    )
  })
  const behind = h('details', { class: 'behind' }, h('summary', {}, words.tableBehind), dataTable(context, table))
  return h('div', { class: 'waterfall' }, h('h3', {}, words.waterfall), h('ol', {}, ...lines), behind)
}
