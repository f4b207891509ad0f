import type { Column, ConnectionDetail, SegmentRow, Table } from '@pcap-analyzer/engine'
import type UPlot from 'uplot'
import type { Context } from '../context.ts'
import { dataTable } from '../parts/data-table.ts'
import { colour } from './colour.ts'
import { type Line, timeChart } from './time-chart.ts'

const NS = 1e9
const ANY_RETRANSMISSION = 0b111

/** Time and sequence numbers of one side, with what the other acknowledged and how far it let it send (tcptrace's graph). */
export function sequenceChart(context: Context, connection: ConnectionDetail, sender: 0 | 1): HTMLElement {
  const { words, value } = context
  const data = connection.segments.filter((row) => row[2] === sender && row[7] > 0)
  const answers = connection.segments.filter((row) => row[2] !== sender && (row[3] & 0x10) !== 0)
  const times = [...new Set([...data, ...answers].map((row) => row[1]))].sort((a, b) => a - b)
  const place = new Map(times.map((time, i) => [time, i]))
  const spread = (rows: readonly SegmentRow[], numberOf: (row: SegmentRow) => number) => {
    const values: (number | null)[] = times.map(() => null)
    for (const row of rows) values[place.get(row[1]) ?? 0] = numberOf(row)
    return values
  }
  const isResent = (row: SegmentRow) => (row[8] & ANY_RETRANSMISSION) !== 0
  const lines: Line[] = [
    {
      name: words.sequence,
      colour: 'series-1',
      shape: 'points',
      values: spread(
        data.filter((row) => !isResent(row)),
        (row) => row[4] + row[7],
      ),
    },
    {
      name: words.resent,
      colour: 'series-3',
      shape: 'points',
      values: spread(data.filter(isResent), (row) => row[4] + row[7]),
    },
    { name: words.acknowledged, colour: 'series-2', shape: 'steps', values: spread(answers, (row) => row[5]) },
    {
      name: words.offeredWindow,
      colour: 'series-4',
      shape: 'steps',
      dash: [4, 3],
      values: spread(answers, (row) => row[5] + row[6]),
    },
  ]
  return timeChart(context, {
    title: `${words.timeSequence} (${sender === 0 ? words.fromInitiator : words.fromResponder})`,
    times: times.map((time) => time / NS),
    lines,
    value: (number) => value(Math.round(number), 'count'),
    draw: (plot) => drawSegments(plot, data, isResent),
    behind: segmentTable(context, connection),
    leastY: 0,
    overviewLine: 2,
    ...(connection.stride > 1 ? { note: words.thinned(String(connection.stride)) } : {}),
  })
}

/** Each segment as a bar from its first to its last byte. */
function drawSegments(plot: UPlot, data: readonly SegmentRow[], isResent: (row: SegmentRow) => boolean): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.lineWidth = 2 * devicePixelRatio
  for (const resent of [false, true]) {
    ctx.strokeStyle = colour(resent ? 'series-3' : 'series-1')
    ctx.beginPath()
    for (const row of data) {
      if (isResent(row) !== resent) continue
      const x = plot.valToPos(row[1] / NS, 'x', true)
      ctx.moveTo(x, plot.valToPos(row[4], 'y', true))
      ctx.lineTo(x, plot.valToPos(row[4] + row[7], 'y', true))
    }
    ctx.stroke()
  }
  ctx.restore()
}

function segmentTable(context: Context, { segments, total }: ConnectionDetail): HTMLElement {
  const { words } = context
  const column = (key: string, label: string, unit: Column['unit']): Column => ({ key, label, unit })
  const table: Table = {
    key: 'segments',
    title: words.timeSequence,
    columns: [
      column('frame', words.frame, 'frame'),
      column('time', words.since, 'ns'),
      column('direction', words.direction, 'text'),
      column('sequence', words.sequence, 'frame'),
      column('acknowledgment', words.acknowledgment, 'frame'),
      column('window', words.window, 'frame'),
      column('payload', words.payload, 'frame'),
    ],
    rows: segments.map((row) => [row[0], row[1], row[2] === 0 ? '→' : '←', row[4], row[5], row[6], row[7]]),
    total,
  }
  return dataTable(context, table)
}
