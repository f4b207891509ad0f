import type { CaptureSummary, Section } from '../../report.ts'
import { binsInOrder, type TimeBins } from '../support/time-bins.ts'
import type { Bursts } from './bursts.ts'
import type { Patterns, Slot } from './patterns.ts'
import type { SilentPeriod } from './silences.ts'

const MOST_POINTS = 120
const MOST_BURSTS = 50
const MOST_ROWS = 20

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
  const shortest = binsInOrder(bins, 1).reduce((most, { wireBytes }) => Math.max(most, wireBytes), 0)
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
      {
        key: 'series',
        title: 'Traffic over time',
        columns: [
          { key: 'startNs', label: 'From', unit: 'ns' },
          { key: 'packets', label: 'Packets', unit: 'count' },
          { key: 'wireBytes', label: 'Bytes', unit: 'bytes' },
          { key: 'bitsPerSecond', label: 'Rate', unit: 'bitsPerSecond' },
        ],
        rows: points.map(({ index, packets, wireBytes }) => [
          index * pointNs,
          packets,
          wireBytes,
          rate(wireBytes, pointNs),
        ]),
        total: points.length,
      },
      burstTable(bursts),
      silenceTable(silences),
      slotTable('peaks', 'Slots far above the mean', patterns.peaks),
      slotTable('valleys', 'Slots far below the mean', patterns.valleys),
      {
        key: 'hours',
        title: 'Traffic by hour of the day (UTC)',
        columns: [
          { key: 'hour', label: 'Hour', unit: 'count' },
          { key: 'packets', label: 'Packets', unit: 'count' },
          { key: 'wireBytes', label: 'Bytes', unit: 'bytes' },
        ],
        rows: patterns.hours,
        total: patterns.hours.length,
      },
    ],
  }
}

/** Bins drawn together until they span at most 120 points. */
function seriesOf(bins: TimeBins) {
  let factor = 1
  let points = binsInOrder(bins, factor)
  while (points.length > 0 && points[points.length - 1].index - points[0].index >= MOST_POINTS) {
    factor *= 2
    points = binsInOrder(bins, factor)
  }
  return { factor, points }
}

function burstTable({ list }: Bursts): Section['tables'][number] {
  const worst = list.toSorted((a, b) => b.peakRatio - a.peakRatio || a.startNs - b.startNs).slice(0, MOST_BURSTS)
  return {
    key: 'bursts',
    title: 'Bursts, the greatest first',
    columns: [
      { key: 'startNs', label: 'From', unit: 'ns' },
      { key: 'durationNs', label: 'Duration', unit: 'ns' },
      { key: 'firstFrame', label: 'First frame', unit: 'frame' },
      { key: 'lastFrame', label: 'Last frame', unit: 'frame' },
      { key: 'packets', label: 'Packets', unit: 'count' },
      { key: 'wireBytes', label: 'Bytes', unit: 'bytes' },
      { key: 'peakRatio', label: 'Times the mean', unit: 'count' },
      { key: 'displayFilter', label: 'Display filter', unit: 'filter' },
    ],
    rows: worst.map((burst) => [
      burst.startNs,
      burst.endNs - burst.startNs,
      burst.firstFrame,
      burst.lastFrame,
      burst.packets,
      burst.wireBytes,
      rounded(burst.peakRatio),
      `frame.number >= ${burst.firstFrame} && frame.number <= ${burst.lastFrame}`,
    ]),
    total: list.length,
  }
}

function silenceTable(silences: readonly SilentPeriod[]): Section['tables'][number] {
  return {
    key: 'silences',
    title: 'Periods without any frame, the longest first',
    columns: [
      { key: 'startNs', label: 'From', unit: 'ns' },
      { key: 'durationNs', label: 'Duration', unit: 'ns' },
      { key: 'frameBefore', label: 'Last frame before', unit: 'frame' },
      { key: 'frameAfter', label: 'First frame after', unit: 'frame' },
    ],
    rows: silences
      .toSorted((a, b) => b.durationNs - a.durationNs || a.startNs - b.startNs)
      .slice(0, MOST_ROWS)
      .map(({ startNs, durationNs, frameBefore, frameAfter }) => [startNs, durationNs, frameBefore, frameAfter]),
    total: silences.length,
  }
}

function slotTable(key: string, title: string, slots: readonly Slot[]): Section['tables'][number] {
  return {
    key,
    title,
    columns: [
      { key: 'startNs', label: 'From', unit: 'ns' },
      { key: 'packets', label: 'Packets', unit: 'count' },
      { key: 'wireBytes', label: 'Bytes', unit: 'bytes' },
    ],
    rows: slots.slice(0, MOST_ROWS).map(({ startNs, packets, wireBytes }) => [startNs, packets, wireBytes]),
    total: slots.length,
  }
}

function rate(bytes: number, widthNs: number): number | null {
  return widthNs > 0 && bytes > 0 ? Math.round((bytes * 8e9) / widthNs) : null
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
