import type { ConnectionDetail } from '@pcap-analyzer/engine'
import { flightChart, rttChart, throughputChart } from '../charts/bin-charts.ts'
import { hasSentData, mainSender } from '../charts/direction.ts'
import { ladder } from '../charts/ladder.ts'
import { sequenceChart } from '../charts/sequence-chart.ts'
import type { Context } from '../context.ts'
import { h, newId } from '../dom.ts'
import { transferLimitsOf } from './transfer-limits.ts'

/** Graphs of the connections that are worth a look; one is shown at a time. */
export function connections(context: Context): HTMLElement {
  const { report, words, value, text } = context
  const list = report.details?.connections ?? []
  const section = h(
    'section',
    { class: 'card', id: 'connections', 'aria-labelledby': 'connections-title' },
    h('h2', { id: 'connections-title' }, words.connections),
  )
  if (report.details === undefined) section.append(h('p', { class: 'quiet' }, words.noDetails))
  else if (list.length === 0) section.append(h('p', { class: 'quiet' }, words.none))
  else {
    const panel = h('div', { class: 'connection', role: 'group' })
    const id = newId('connection')
    const names = list.map(
      (one) =>
        `tcp.stream ${one.stream}: ${text(one.initiator)}:${one.initiatorPort} → ${text(one.responder)}:${one.responderPort} (${value(one.total, 'count')} ${words.packets}, ${value(one.durationNs, 'ns')})`,
    )
    const select = h('select', { id }, ...names.map((name, i) => h('option', { value: String(i) }, name)))
    const show = () => panel.replaceChildren(...connectionGraphs(context, list[Number(select.value)]))
    select.addEventListener('change', show)
    section.append(h('p', { class: 'choose' }, h('label', { for: id }, words.chooseConnection), select), panel)
    show()
  }
  return section
}

function connectionGraphs(context: Context, connection: ConnectionDetail): HTMLElement[] {
  const { words, value } = context
  const rtt = rttChart(context, connection)
  const rows = ladderRows(connection)
  const behind = h(
    'details',
    { class: 'behind' },
    h(
      'summary',
      {},
      `${words.ladder} (${words.segmentsOf(value(rows.length, 'count'), value(connection.total, 'count'))})`,
    ),
  )
  behind.addEventListener('toggle', () => {
    if (behind.childElementCount === 1) behind.append(ladder(context, connection, rows))
  })
  const main = mainSender(connection)
  const other = main === 0 ? 1 : 0
  const limits = transferLimitsOf(context, connection)
  return [
    ...(limits === null ? [] : [limits]),
    sequenceChart(context, connection, main),
    ...(hasSentData(connection, other) ? [sequenceChart(context, connection, other)] : []),
    h('div', { class: 'chart-pair' }, throughputChart(context, connection), flightChart(context, connection)),
    ...(rtt === null ? [] : [rtt]),
    behind,
  ]
}

const OPENING = 14
const REMARKABLE = 30
const ENDING = 8

/** Segments for the flow graph: the opening, the remarkable ones, the end. */
function ladderRows({ segments }: ConnectionDetail): ConnectionDetail['segments'] {
  const remarkable = segments.filter((row) => row[8] !== 0 || row[9] !== 0).slice(0, REMARKABLE)
  const chosen = new Set([...segments.slice(0, OPENING), ...remarkable, ...segments.slice(-ENDING)])
  return segments.filter((row) => chosen.has(row))
}
