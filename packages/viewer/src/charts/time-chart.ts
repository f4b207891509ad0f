import UPlot from 'uplot'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { colour } from './colour.ts'

const HEIGHT = 240
const OVERVIEW_HEIGHT = 46
const ZOOM = 0.6
const PAN = 0.25
const LEAST_POINTS_FOR_OVERVIEW = 40
const POWERS_OF_TWO = Array.from({ length: 40 }, (_, power) => 2 ** power)

/** A line of a chart; one value for each time, null where there is none. */
export interface Line {
  readonly name: string
  /** Name of a colour of the style sheet. */
  readonly colour: string
  readonly values: readonly (number | null)[]
  readonly shape?: 'steps' | 'stepped-area' | 'points' | 'area'
  readonly dash?: readonly number[]
}

/** A chart over the capture's own clock. */
export interface TimeChart {
  readonly title: string
  /** Seconds since the first frame, ascending. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  value(value: number): string
  /** Draws on the canvas beside the lines, within the plot. */
  draw?(plot: UPlot): void
  /** What stands behind the chart for those who do not see it. */
  readonly behind: HTMLElement
  readonly note?: string
  readonly leastY?: number
  /** Index of the line that the overview draws; the first when left out. */
  readonly overviewLine?: number
  /** The values are bytes, so that marks stand at powers of two. */
  readonly isBinary?: boolean
  /** Whether what it shows is told to the page around the report, and taken from it. */
  readonly holdsZoom?: boolean
}

/** Charts on show, which are drawn anew when the theme changes. */
const shown = new Set<UPlot>()

/** Draws every chart anew, in the colours of the theme that was chosen. */
export function redrawCharts(): void {
  for (const plot of shown) {
    if (plot.root.isConnected) plot.redraw(false)
    else shown.delete(plot)
  }
}

/** A chart with zoom by mouse, touch and keyboard, an overview to brush, and the table behind it. It is drawn when it is first seen. */
export function timeChart(context: Context, chart: TimeChart): HTMLElement {
  const { words } = context
  const canvas = h('div', {
    class: 'plot',
    tabindex: 0,
    role: 'group',
    'aria-label': `${chart.title}. ${words.zoomHint}`,
  })
  const overview = h('div', { class: 'overview', 'aria-hidden': 'true' })
  const buttons = h('div', { class: 'zoom' })
  const figure = h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('h4', {}, chart.title),
      chart.note === undefined ? null : h('span', { class: 'quiet' }, chart.note),
      buttons,
    ),
    canvas,
    overview,
    h('details', { class: 'behind' }, h('summary', {}, words.tableBehind), chart.behind),
  )
  const draw = () => {
    const view = new ZoomableChart(context, chart, canvas, overview)
    const action = (word: string, sign: string, act: () => void) =>
      h('button', { type: 'button', 'aria-label': word, title: word, click: act }, sign)
    buttons.append(
      action(words.zoomIn, '+', () => view.zoom(ZOOM)),
      action(words.zoomOut, '−', () => view.zoom(1 / ZOOM)),
      action(words.zoomReset, '⤢', () => view.reset()),
    )
  }
  whenSeen(canvas, draw)
  return figure
}

/** A plot with its overview, which follow each other. */
class ZoomableChart {
  private readonly plot: UPlot
  private readonly overview: UPlot | null
  private readonly least: number
  private readonly most: number

  constructor(context: Context, chart: TimeChart, canvas: HTMLElement, overview: HTMLElement) {
    const { times, lines } = chart
    this.least = times[0] ?? 0
    this.most = Math.max(times.at(-1) ?? 1, this.least + 1e-9)
    const data: UPlot.AlignedData = [[...times], ...lines.map(({ values }) => [...values])]
    this.plot = new UPlot(this.options(context, chart, canvas.clientWidth), data, canvas)
    shown.add(this.plot)
    this.overview =
      times.length < LEAST_POINTS_FOR_OVERVIEW
        ? null
        : new UPlot(
            this.overviewOptions(chart, overview.clientWidth),
            [[...times], [...(lines[chart.overviewLine ?? 0]?.values ?? [])]],
            overview,
          )
    if (this.overview !== null) shown.add(this.overview)
    const { zoom } = context.host
    if (chart.holdsZoom === true && zoom) this.show(...zoom)
    canvas.addEventListener('keydown', (event) => this.key(event))
    new ResizeObserver(() => {
      if (canvas.clientWidth > 0) this.plot.setSize({ width: canvas.clientWidth, height: HEIGHT })
      if (overview.clientWidth > 0) this.overview?.setSize({ width: overview.clientWidth, height: OVERVIEW_HEIGHT })
    }).observe(canvas)
  }

  zoom(factor: number): void {
    const [min, max] = this.range()
    const middle = (min + max) / 2
    const half = ((max - min) * factor) / 2
    this.show(middle - half, middle + half)
  }

  reset(): void {
    this.show(this.least, this.most)
  }

  private pan(share: number): void {
    const [min, max] = this.range()
    const by = (max - min) * share
    const kept = Math.max(this.least - min, Math.min(this.most - max, by))
    this.show(min + kept, max + kept)
  }

  private key(event: KeyboardEvent): void {
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => this.zoom(ZOOM),
      '=': () => this.zoom(ZOOM),
      '-': () => this.zoom(1 / ZOOM),
      '0': () => this.reset(),
      ArrowLeft: () => this.pan(-PAN),
      ArrowRight: () => this.pan(PAN),
    }
    const act = actions[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }

  private range(): [number, number] {
    const { min, max } = this.plot.scales.x
    return [min ?? this.least, max ?? this.most]
  }

  private tell({ host }: Context): void {
    // uPlot says so of the first range too, before there is a plot
    if (this.plot === undefined) return
    const [min, max] = this.range()
    host.onZoom?.(min <= this.least && max >= this.most ? null : [min, max])
  }

  private show(min: number, max: number): void {
    this.plot.setScale('x', { min: Math.max(this.least, min), max: Math.min(this.most, max) })
  }

  private options(context: Context, chart: TimeChart, width: number): UPlot.Options {
    const axis = {
      stroke: () => colour('text-quiet'),
      grid: { stroke: () => colour('grid'), width: 1 },
      ticks: { stroke: () => colour('grid') },
      font: '12px system-ui, sans-serif',
    }
    return {
      width,
      height: HEIGHT,
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      legend: { live: true },
      scales: { x: { time: false }, y: { range: (_, min, max) => range(Math.min(chart.leastY ?? min, min), max) } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => secondsText(tick, ticks)) },
        {
          ...axis,
          size: 86,
          ...(chart.isBinary === true ? { incrs: POWERS_OF_TWO } : {}),
          values: (_, ticks) => ticks.map((tick) => chart.value(tick)),
        },
      ],
      series: [
        {
          label: context.words.since,
          value: (_, time) =>
            time === null || time === undefined ? '' : `${time.toFixed(6)} s · ${context.timeAt(time * 1e9)}`,
        },
        ...chart.lines.map((line) => seriesOf(line, chart)),
      ],
      hooks: {
        draw: chart.draw === undefined ? [] : [chart.draw],
        setScale: [
          (_, scale) => {
            if (scale !== 'x') return
            this.follow()
            if (chart.holdsZoom === true) this.tell(context)
          },
        ],
      },
    }
  }

  private overviewOptions(chart: TimeChart, width: number): UPlot.Options {
    const line = chart.lines[chart.overviewLine ?? 0]
    return {
      width,
      height: OVERVIEW_HEIGHT,
      cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      legend: { show: false },
      scales: { x: { time: false } },
      axes: [{ show: false }, { show: false }],
      series: [
        {},
        {
          stroke: () => colour(line?.colour ?? 'series-1'),
          fill: () => colour(line?.colour ?? 'series-1', 0.2),
          points: { show: false },
          spanGaps: true,
        },
      ],
      hooks: {
        setSelect: [
          (plot) => {
            const { left, width: selected } = plot.select
            if (selected > 2) this.show(plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x'))
          },
        ],
      },
    }
  }

  /** Marks in the overview what the plot shows. */
  private follow(): void {
    const { overview } = this
    if (overview === undefined || overview === null) return
    const [min, max] = this.range()
    const left = overview.valToPos(min, 'x')
    const isWhole = min <= this.least && max >= this.most
    const width = isWhole ? 0 : Math.max(2, overview.valToPos(max, 'x') - left)
    overview.setSelect({ left: isWhole ? 0 : left, width, top: 0, height: overview.over.clientHeight }, false)
  }
}

function seriesOf(line: Line, chart: TimeChart): UPlot.Series {
  const stroke = () => colour(line.colour)
  const common = {
    label: line.name,
    value: (_: UPlot, value: number | null) => (value === null || value === undefined ? '–' : chart.value(value)),
    spanGaps: false,
  }
  const dash = line.dash === undefined ? {} : { dash: [...line.dash] }
  const fill = () => colour(line.colour, 0.18)
  switch (line.shape) {
    case 'points':
      return { ...common, stroke, paths: () => null, points: { show: true, size: 4, fill: stroke, stroke } }
    case 'steps':
      return { ...common, ...stepped(), ...dash, stroke, width: 1.5, spanGaps: true, points: { show: false } }
    case 'stepped-area':
      return { ...common, ...stepped(), ...dash, stroke, fill, width: 1.2, spanGaps: true, points: { show: false } }
    default:
      return { ...common, ...dash, stroke, fill, width: 1.5, points: { show: false } }
  }
}

function stepped(): Pick<UPlot.Series, 'paths'> {
  const paths = UPlot.paths.stepped?.({ align: 1 })
  return paths === undefined ? {} : { paths }
}

function range(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1]
  const pad = (max - min) * 0.06 || Math.abs(max) * 0.1 || 1
  return [min === 0 ? 0 : min - pad, max + pad]
}

/** As many decimals as the distance of the ticks needs. */
function secondsText(tick: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) || 1
  return `${tick.toFixed(Math.max(0, Math.min(9, -Math.floor(Math.log10(step)))))} s`
}

/** Calls back when the element comes near the window, or is about to be printed. */
function whenSeen(element: HTMLElement, act: () => void): void {
  let isDone = false
  const once = () => {
    if (isDone || element.clientWidth === 0) return
    isDone = true
    observer.disconnect()
    act()
  }
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) once()
    },
    { rootMargin: '300px' },
  )
  observer.observe(element)
  window.addEventListener('beforeprint', once)
}
