import type { Table } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { dataTable } from '../parts/data-table.ts'
import { columnAt } from '../parts/section-access.ts'
import { timeChart } from './time-chart.ts'

const NS = 1e9

/** Traffic over time, of the table that holds only the slots with packets; empty stretches break the line. */
export function trafficChart(context: Context, table: Table, slotNs: number): HTMLElement {
  const { words, value } = context
  const at = (key: string) => columnAt(table, key)
  const points = table.rows.map((row) => ({ time: Number(row[at('startNs')]), bits: Number(row[at('bitsPerSecond')]) }))
  const times: number[] = []
  const bits: (number | null)[] = []
  for (const [i, { time, bits: rate }] of points.entries()) {
    const before = points[i - 1]
    if (before !== undefined && slotNs > 0 && time - before.time > 1.5 * slotNs) {
      times.push((before.time + slotNs) / NS, Math.max(before.time + slotNs, time - slotNs) / NS + 1e-9)
      bits.push(0, 0)
    }
    times.push(time / NS)
    bits.push(rate)
  }
  return timeChart(context, {
    title: words.trafficOverTime,
    times,
    lines: [{ name: words.bitsPerSecond, colour: 'series-1', shape: 'area', values: bits }],
    value: (number) => value(number, 'bitsPerSecond'),
    behind: dataTable(context, table),
    leastY: 0,
    holdsZoom: true,
  })
}
