import UPlot from 'uplot'
import type { Context } from '../context.ts'
import { colour } from './colour.ts'
import type { Line, TimeChart } from './time-chart.ts'

export const HEIGHT = 240
export const OVERVIEW_HEIGHT = 46
const POWERS_OF_TWO = Array.from({ length: 40 }, (_, power) => 2 ** power)

/** A plot with axes, legend and lines. @param onRange told when another stretch is on show */
export function plotOptions(context: Context, chart: TimeChart, width: number, onRange: () => void): UPlot.Options {
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
          if (scale === 'x') onRange()
        },
      ],
    },
  }
}

/** The whole in a strip. @param onBrush told which stretch was marked in it */
export function overviewOptions(
  chart: TimeChart,
  width: number,
  onBrush: (from: number, to: number) => void,
): UPlot.Options {
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
          if (selected > 2) onBrush(plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x'))
        },
      ],
    },
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
