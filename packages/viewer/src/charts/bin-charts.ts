import type { Column, ConnectionBins, ConnectionDetail, Unit, Value } from '@pcap-analyzer/engine'
import type UPlot from 'uplot'
import type { Context } from '../context.ts'
import { dataTable } from '../parts/data-table.ts'
import { colour } from './colour.ts'
import { mainSender } from './direction.ts'
import { type Line, type TimeChart, timeChart } from './time-chart.ts'

const NS = 1e9

/** Bits per second of both sides. */
export function throughputChart(context: Context, connection: ConnectionDetail): HTMLElement {
  const { words } = context
  const rate = (bins: ConnectionBins) => bins.payloadBytes.map((bytes) => (bytes * 8 * NS) / bins.widthNs)
  return binChart(context, connection, {
    title: words.throughput,
    unit: 'bitsPerSecond',
    lines: [
      { name: words.fromResponder, colour: 'series-1', side: 1, values: rate, between: 0, shape: 'stepped-area' },
      { name: words.fromInitiator, colour: 'series-3', side: 0, values: rate, between: 0, shape: 'steps' },
    ],
  })
}

/** Bytes that the main sender had in flight, and the window that the other side offered. */
export function flightChart(context: Context, connection: ConnectionDetail): HTMLElement {
  const { words } = context
  const sender = mainSender(connection)
  const window = (bins: ConnectionBins) => bins.windowBytes.map((one) => (one < 0 ? null : one))
  return binChart(context, connection, {
    title: words.flightAndWindow,
    unit: 'bytes',
    lines: [
      {
        name: words.inFlight,
        colour: 'series-1',
        side: sender,
        values: (bins) => bins.inFlightBytes,
        between: 0,
        shape: 'stepped-area',
      },
      { name: words.offeredWindow, colour: 'series-4', side: sender === 0 ? 1 : 0, values: window, shape: 'steps' },
    ],
  })
}

/** Least and greatest round-trip time of each bin, of what the main sender sent; null where none was measured. */
export function rttChart(context: Context, connection: ConnectionDetail): HTMLElement | null {
  const { words } = context
  const sender = mainSender(connection)
  if (connection.bins[sender].greatestRttNs.every((rtt) => rtt === 0)) return null
  const known = (values: readonly number[]) => values.map((one) => (one === 0 ? null : one))
  return binChart(context, connection, {
    title: words.roundTrip,
    unit: 'ns',
    lines: [
      {
        name: words.greatest,
        colour: 'series-3',
        side: sender,
        values: (bins) => known(bins.greatestRttNs),
        shape: 'points',
      },
      {
        name: words.least,
        colour: 'series-2',
        side: sender,
        values: (bins) => known(bins.leastRttNs),
        shape: 'points',
      },
    ],
    draw: drawRanges,
  })
}

interface BinLine {
  readonly name: string
  readonly colour: string
  readonly side: 0 | 1
  readonly shape: NonNullable<Line['shape']>
  /** What it is between bins in which something happened; it stays as it was when left out. */
  readonly between?: number
  values(bins: ConnectionBins): readonly (number | null)[]
}

interface BinChart {
  readonly title: string
  readonly unit: Unit
  readonly lines: readonly BinLine[]
  readonly draw?: TimeChart['draw']
}

/** Bins of both sides on one clock. Where nothing happened there is no point, however long it lasted. */
function binChart(context: Context, connection: ConnectionDetail, { title, unit, lines, draw }: BinChart): HTMLElement {
  const widthNs = Math.max(connection.bins[0].widthNs, connection.bins[1].widthNs)
  const timeOf = (bins: ConnectionBins, i: number) => connection.firstTimeNs + bins.index[i] * bins.widthNs
  const used = [...new Set(connection.bins.flatMap((bins) => bins.index.map((_, i) => timeOf(bins, i))))]
  used.sort((a, b) => a - b)
  const times = used.flatMap((time, i) => {
    const isFollowed = i + 1 < used.length && used[i + 1] - time < 1.5 * widthNs
    return isFollowed ? [time] : [time, time + widthNs]
  })
  const isUsed = new Set(used)
  const place = new Map(times.map((time, i) => [time, i]))
  const drawn = lines.map((line): Line => {
    const bins = connection.bins[line.side]
    const values: (number | null)[] = times.map((time) => (isUsed.has(time) ? null : (line.between ?? null)))
    if (line.between !== undefined)
      for (const [i, time] of times.entries()) if (isUsed.has(time)) values[i] = line.between
    for (const [i, value] of line.values(bins).entries()) {
      if (value !== null) values[place.get(timeOf(bins, i)) ?? 0] = value
    }
    return { name: line.name, colour: line.colour, values, shape: line.shape }
  })
  return timeChart(context, {
    title,
    times: times.map((time) => time / NS),
    lines: drawn,
    value: (number) => context.value(Math.round(number), unit),
    behind: binTable(context, { title, unit }, times, drawn),
    leastY: 0,
    isBinary: unit === 'bytes',
    ...(draw === undefined ? {} : { draw }),
  })
}

function binTable(
  context: Context,
  { title, unit }: { title: string; unit: Unit },
  times: readonly number[],
  drawn: readonly Line[],
): HTMLElement {
  const rows = times.flatMap((time, i): Value[][] => {
    const values = drawn.map((line) => line.values[i] ?? null)
    return values.every((value) => value === null || value === 0) ? [] : [[time, ...values]]
  })
  const columns = [
    { key: 'time', label: context.words.since, unit: 'ns' as const },
    ...drawn.map((line, i): Column => ({ key: `line${i}`, label: line.name, unit })),
  ]
  return dataTable(context, { key: 'bins', title, columns, rows, total: rows.length })
}

/** A bar from the least to the greatest of each bin. */
function drawRanges(plot: UPlot): void {
  const [times, greatest, least] = plot.data
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.strokeStyle = colour('grid-strong')
  ctx.lineWidth = 2 * devicePixelRatio
  ctx.beginPath()
  for (const [i, time] of times.entries()) {
    const [high, low] = [greatest?.[i], least?.[i]]
    if (high === null || high === undefined || low === null || low === undefined) continue
    const x = plot.valToPos(time, 'x', true)
    ctx.moveTo(x, plot.valToPos(low, 'y', true))
    ctx.lineTo(x, plot.valToPos(high, 'y', true))
  }
  ctx.stroke()
  ctx.restore()
}
