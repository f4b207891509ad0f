import type { CaptureSummary, Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { binsInOrder, extent, mostBytes, type TimeBins } from '../support/time-bins.ts'
import type { Bursts } from './bursts.ts'
import type { Patterns, Slot } from './patterns.ts'
import type { SilentPeriod } from './silences.ts'

const MOST_POINTS = 120
const MOST_BURSTS = 50

/** Facts of the analyzer; rows of the series are points in time that have traffic. */
export function timelineSection(
  head: { id: string; title: string },
  bins: TimeBins,
  capture: CaptureSummary,
  bursts: Bursts,
  silences: readonly SilentPeriod[],
  patterns: Patterns,
): Section {
  const { factor, points } = seriesOf(bins)
  const pointNs = bins.widthNs * factor
  const peak = points.reduce((most, { wireBytes }) => Math.max(most, wireBytes), 0)
  const shortest = mostBytes(bins)
  const silentNs = silences.reduce((sum, { durationNs }) => sum + durationNs, 0)
  const longestNs = silences.reduce((most, { durationNs }) => Math.max(most, durationNs), 0)
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      {
        key: 'pointNs',
        label: 'Width of a point of the series',
        unit: 'ns',
        value: points.length > 0 ? pointNs : null,
      },
      { key: 'peakBitsPerSecond', label: 'Busiest point', unit: 'bitsPerSecond', value: rate(peak, pointNs) },
      { key: 'shortestNs', label: 'Width of the shortest interval kept', unit: 'ns', value: bins.widthNs },
      {
        key: 'shortestPeakBitsPerSecond',
        label: 'Busiest of these',
        unit: 'bitsPerSecond',
        value: rate(shortest, bins.widthNs),
      },
      { key: 'burstIntervalNs', label: 'Interval of bursts', unit: 'ns', value: bursts.intervalNs },
      { key: 'meanPackets', label: 'Packets of a mean interval', unit: 'count', value: rounded(bursts.meanPackets) },
      {
        key: 'greatestPackets',
        label: 'Packets of the busiest interval',
        unit: 'count',
        value: bursts.greatestPackets,
      },
      {
        key: 'variationRatio',
        label: 'Standard deviation over mean of intervals',
        unit: 'ratio',
        value: rounded(bursts.variation),
      },
      { key: 'bursts', label: 'Bursts', unit: 'count', value: bursts.list.length },
      { key: 'silentPeriods', label: 'Periods without any frame', unit: 'count', value: silences.length },
      { key: 'silentNs', label: 'These together', unit: 'ns', value: silentNs },
      { key: 'longestSilenceNs', label: 'The longest of them', unit: 'ns', value: longestNs },
      { key: 'rhythmNs', label: 'Period of the traffic', unit: 'ns', value: patterns.rhythm?.periodNs ?? null },
      {
        key: 'rhythmRatio',
        label: 'Correlation at that period',
        unit: 'ratio',
        value: patterns.rhythm?.correlation ?? null,
      },
      {
        key: 'slotNs',
        label: 'Slot of peaks and valleys',
        unit: 'ns',
        value: capture.durationNs > 0 ? patterns.slotNs : null,
      },
    ],
    tables: [
      tableOf({ key: 'series', title: 'Traffic over time' }, points, [
        { key: 'startNs', label: 'From', unit: 'ns', value: ({ index }) => index * pointNs },
        { key: 'packets', label: 'Packets', unit: 'count', value: ({ packets }) => packets },
        { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: ({ wireBytes }) => wireBytes },
        {
          key: 'bitsPerSecond',
          label: 'Rate',
          unit: 'bitsPerSecond',
          value: ({ wireBytes }) => rate(wireBytes, pointNs),
        },
      ]),
      burstTable(bursts),
      silenceTable(silences),
      slotTable('peaks', 'Slots far above the mean', patterns.peaks),
      slotTable('valleys', 'Slots far below the mean', patterns.valleys),
      tableOf({ key: 'hours', title: 'Traffic by hour of the day (UTC)' }, patterns.hours, [
        { key: 'hour', label: 'Hour', unit: 'count', value: ([hour]) => hour },
        { key: 'packets', label: 'Packets', unit: 'count', value: ([, packets]) => packets },
        { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: ([, , wireBytes]) => wireBytes },
      ]),
    ],
  }
}

/** Bins drawn together until they span at most 120 points. */
function seriesOf(bins: TimeBins) {
  const [first, last] = extent(bins)
  let factor = 1
  while (Math.floor(last / factor) - Math.floor(first / factor) >= MOST_POINTS) factor *= 2
  return { factor, points: binsInOrder(bins, factor) }
}

function burstTable({ list }: Bursts): Table {
  const worst = list.toSorted((a, b) => b.peakRatio - a.peakRatio || a.startNs - b.startNs).slice(0, MOST_BURSTS)
  return tableOf({ key: 'bursts', title: 'Bursts, the greatest first', total: list.length }, worst, [
    { key: 'startNs', label: 'From', unit: 'ns', value: (burst) => burst.startNs },
    { key: 'durationNs', label: 'Duration', unit: 'ns', value: (burst) => burst.endNs - burst.startNs },
    { key: 'firstFrame', label: 'First frame', unit: 'frame', value: (burst) => burst.firstFrame },
    { key: 'lastFrame', label: 'Last frame', unit: 'frame', value: (burst) => burst.lastFrame },
    { key: 'packets', label: 'Packets', unit: 'count', value: (burst) => burst.packets },
    { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: (burst) => burst.wireBytes },
    { key: 'peakRatio', label: 'Times the mean', unit: 'count', value: (burst) => rounded(burst.peakRatio) },
    {
      key: 'displayFilter',
      label: 'Display filter',
      unit: 'filter',
      value: (burst) => `frame.number >= ${burst.firstFrame} && frame.number <= ${burst.lastFrame}`,
    },
  ])
}

function silenceTable(silences: readonly SilentPeriod[]): Table {
  return tableOf(
    { key: 'silences', title: 'Periods without any frame, the longest first', total: silences.length },
    silences.toSorted((a, b) => b.durationNs - a.durationNs || a.startNs - b.startNs).slice(0, MOST_ROWS),
    [
      { key: 'startNs', label: 'From', unit: 'ns', value: ({ startNs }) => startNs },
      { key: 'durationNs', label: 'Duration', unit: 'ns', value: ({ durationNs }) => durationNs },
      { key: 'frameBefore', label: 'Last frame before', unit: 'frame', value: ({ frameBefore }) => frameBefore },
      { key: 'frameAfter', label: 'First frame after', unit: 'frame', value: ({ frameAfter }) => frameAfter },
    ],
  )
}

function slotTable(key: string, title: string, slots: readonly Slot[]): Table {
  return tableOf({ key, title, total: slots.length }, slots.slice(0, MOST_ROWS), [
    { key: 'startNs', label: 'From', unit: 'ns', value: ({ startNs }) => startNs },
    { key: 'packets', label: 'Packets', unit: 'count', value: ({ packets }) => packets },
    { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: ({ wireBytes }) => wireBytes },
  ])
}

function rate(bytes: number, widthNs: number): number | null {
  return widthNs > 0 && bytes > 0 ? Math.round((bytes * 8e9) / widthNs) : null
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
