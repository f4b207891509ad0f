import type UPlot from 'uplot'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'

/** What is left of the stretch on show after a step nearer. */
const ZOOM = 0.6
/** With fewer points the chart is its own overview. */
const LEAST_POINTS_FOR_OVERVIEW = 40

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

/** What draws charts comes when the first is seen: the sentence that says what is wrong does not wait for it. */
export const loadPlots = (): Promise<typeof import('./zoomable-chart.ts')> => import('./zoomable-chart.ts')

/** A chart with zoom by mouse, touch and keyboard, an overview to brush, and the table behind it. It is drawn when it is first seen. */
export function timeChart(context: Context, chart: TimeChart): HTMLElement {
  const { words } = context
  const canvas = h('div', {
    class: 'plot',
    tabindex: 0,
    role: 'group',
    'aria-label': `${chart.title}. ${words.zoomHint}`,
  })
  const overview =
    chart.times.length < LEAST_POINTS_FOR_OVERVIEW ? null : h('div', { class: 'overview', 'aria-hidden': 'true' })
  const buttons = h('div', { class: 'zoom' })
  const figure = h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      h('h4', { 'aria-level': context.chartLevel }, chart.title),
      chart.note === undefined ? null : h('span', { class: 'quiet' }, chart.note),
      buttons,
    ),
    canvas,
    overview,
    h('details', { class: 'behind' }, h('summary', {}, words.tableBehind), chart.behind),
  )
  const draw = async () => {
    const { ZoomableChart } = await loadPlots()
    // the page may show something else by now
    if (!canvas.isConnected) return
    const view = new ZoomableChart(context, chart, canvas, overview)
    const action = (word: string, act: () => void) => h('button', { type: 'button', click: act }, word)
    buttons.append(
      action(words.zoomIn, () => view.zoom(ZOOM)),
      action(words.zoomOut, () => view.zoom(1 / ZOOM)),
      action(words.zoomReset, () => view.reset()),
    )
  }
  whenSeen(canvas, () => void draw())
  return figure
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
