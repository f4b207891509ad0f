import type { Table } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h, svg } from '../dom.ts'
import { dataTable } from '../parts/data-table.ts'
import { columnAt } from '../parts/section-access.ts'

const WIDTH = 760
const LEAST_RADIUS = 24
/** Few hosts stand on an ellipse, so that names have room beside them. */
const LEAST_HALF_WIDTH = 150
const GREATEST_RADIUS = 165
const RADIUS_A_HOST = 14
const MARGIN = 45
/** From so many hosts on their names stand like spokes, so that none covers another. */
const SPOKES = 11
const SPOKE_MARGIN = 165
const MOST_PAIRS = 20

/** Hosts on a circle, the busiest on top; conversations as curves between them, as thick as they were large. */
export function hostWorld(context: Context, table: Table): HTMLElement | null {
  const { words, value, text, label } = context
  if (table.rows.length === 0) return null
  const at = (key: string) => columnAt(table, key)
  const pairs = table.rows.slice(0, MOST_PAIRS).map((row) => ({
    a: String(row[at('a')]),
    b: String(row[at('b')]),
    bytes: Number(row[at('bytesAToB')]) + Number(row[at('bytesBToA')]),
  }))
  const bytesOf = new Map<string, number>()
  for (const { a, b, bytes } of pairs) for (const host of [a, b]) bytesOf.set(host, (bytesOf.get(host) ?? 0) + bytes)
  const hosts = arranged([...bytesOf].sort(([, a], [, b]) => b - a).map(([host]) => host))
  const radius = Math.min(GREATEST_RADIUS, LEAST_RADIUS + RADIUS_A_HOST * hosts.length)
  const hasSpokes = hosts.length >= SPOKES
  const margin = hasSpokes ? SPOKE_MARGIN : MARGIN
  const height = 2 * (radius + margin)
  const places = new Map(hosts.map((host, i) => [host, placeOf(i, hosts.length, radius, margin)]))
  const most = Math.max(1, ...pairs.map(({ bytes }) => bytes))
  const curves = pairs.map(({ a, b, bytes }) => {
    const [from, to] = [places.get(a), places.get(b)]
    if (from === undefined || to === undefined) return null
    const title = svg('title', {}, `${text(a)} – ${text(b)}: ${value(bytes, 'bytes')}`)
    const path = `M ${from.x} ${from.y} Q ${WIDTH / 2} ${height / 2} ${to.x} ${to.y}`
    return svg(
      'path',
      { d: path, class: 'world-curve', 'stroke-width': (1 + 13 * Math.sqrt(bytes / most)).toFixed(1) },
      title,
    )
  })
  const greatest = Math.max(1, ...bytesOf.values())
  const nodes = hosts.map((host) => {
    const { x, y, angle } = places.get(host) ?? placeOf(0, 1, radius, margin)
    const size = 4 + 9 * Math.sqrt((bytesOf.get(host) ?? 0) / greatest)
    return svg(
      'g',
      { class: 'world-host' },
      svg(
        'circle',
        { cx: x, cy: y, r: size.toFixed(1) },
        svg('title', {}, `${text(host)}: ${value(bytesOf.get(host) ?? 0, 'bytes')}`),
      ),
      nameOf({ x, y, angle }, size, hasSpokes, text(host, 40)),
    )
  })
  const name = `${words.hosts}: ${words.rowsOf(value(pairs.length, 'count'), value(table.total, 'count'))}`
  return h(
    'figure',
    { class: 'chart world' },
    h(
      'figcaption',
      {},
      h('h4', { 'aria-level': context.chartLevel }, label(table.title)),
      h('span', { class: 'quiet' }, words.rowsOf(value(pairs.length, 'count'), value(table.total, 'count'))),
    ),
    svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': name }, ...curves, ...nodes),
    h('details', { class: 'behind' }, h('summary', {}, words.tableBehind), dataTable(context, table)),
  )
}

/** The name beside its host, or along the spoke that it stands on. */
function nameOf(
  { x, y, angle }: { x: number; y: number; angle: number },
  size: number,
  isSpoke: boolean,
  name: string,
): SVGElement {
  const isRight = Math.cos(angle) >= 0
  const away = isRight ? size + 5 : -size - 5
  const turned = ((angle * 180) / Math.PI + (isRight ? 0 : 180)).toFixed(1)
  const place = isSpoke
    ? { x: 0, y: 0, transform: `translate(${x} ${y}) rotate(${turned}) translate(${away} 4)` }
    : { x: x + away, y: y + 4 }
  return svg('text', { ...place, 'text-anchor': isRight ? 'start' : 'end' }, name)
}

/** Every second host from the top down one side, the others down the other, so that large ones stand apart. */
function arranged(hosts: readonly string[]): string[] {
  return [...hosts.filter((_, i) => i % 2 === 0), ...hosts.filter((_, i) => i % 2 === 1).reverse()]
}

function placeOf(
  index: number,
  count: number,
  radius: number,
  margin: number,
): { x: number; y: number; angle: number } {
  const angle = -Math.PI / 2 + (2 * Math.PI * (index + 0.5)) / count
  return {
    x: WIDTH / 2 + Math.max(radius, LEAST_HALF_WIDTH) * Math.cos(angle),
    y: radius + margin + radius * Math.sin(angle),
    angle,
  }
}
