import UPlot from 'uplot'
import type { Context } from '../context.ts'
import { HEIGHT, OVERVIEW_HEIGHT, overviewOptions, plotOptions } from './plot-options.ts'
import { shown } from './shown-charts.ts'
import type { TimeChart } from './time-chart.ts'

/** What is left of the stretch on show after a step nearer. */
const ZOOM = 0.6
const PAN = 0.25

/** A plot with its overview, which follow each other. */
export class ZoomableChart {
  private readonly plot: UPlot
  private readonly overview: UPlot | null
  private readonly least: number
  private readonly most: number

  constructor(context: Context, chart: TimeChart, canvas: HTMLElement, overview: HTMLElement | null) {
    const { times, lines } = chart
    this.least = times[0] ?? 0
    this.most = Math.max(times.at(-1) ?? 1, this.least + 1e-9)
    const data: UPlot.AlignedData = [[...times], ...lines.map(({ values }) => [...values])]
    this.plot = new UPlot(
      plotOptions(context, chart, canvas.clientWidth, () => {
        this.follow()
        if (chart.holdsZoom === true) this.tell(context)
      }),
      data,
      canvas,
    )
    shown.add(this.plot)
    this.overview =
      overview === null
        ? null
        : new UPlot(
            overviewOptions(chart, overview.clientWidth, (from, to) => this.show(from, to)),
            [[...times], [...(lines[chart.overviewLine ?? 0]?.values ?? [])]],
            overview,
          )
    if (this.overview !== null) shown.add(this.overview)
    const { zoom } = context.host
    if (chart.holdsZoom === true && zoom) this.show(...zoom)
    canvas.addEventListener('keydown', (event) => this.key(event))
    new ResizeObserver(() => {
      if (canvas.clientWidth > 0) this.plot.setSize({ width: canvas.clientWidth, height: HEIGHT })
      if (overview !== null && overview.clientWidth > 0)
        this.overview?.setSize({ width: overview.clientWidth, height: OVERVIEW_HEIGHT })
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
