import type { ConnectionEnds, SegmentRow } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h, svg } from '../dom.ts'
import { flagsText, remarksOf } from '../parts/tcp-words.ts'

const WIDTH = 800
const LEFT = 185
const RIGHT = 515
const ROW = 26
const GAP_ROW = 30
const TOP = 50
const MOST_ROWS = 60
/** Window updates, keep-alives and their answers: worth a word, no trouble. */
const HARMLESS = (1 << 11) | (1 << 12) | (1 << 13)

/** A flow graph: time runs down, each segment an arrow between the two ends; where segments are left out the lines are broken. */
export function ladder(context: Context, ends: ConnectionEnds, rows: readonly SegmentRow[]): HTMLElement {
  const { words, value, text } = context
  const shown = rows.slice(0, MOST_ROWS)
  let y = TOP
  const drawn: Element[] = []
  for (const [i, row] of shown.entries()) {
    const before = shown[i - 1]
    if (before !== undefined && row[0] > before[0] + 1) {
      drawn.push(gapMark(words.leftOut(value(row[0] - before[0] - 1, 'count')), y))
      y += GAP_ROW
    }
    drawn.push(arrow(context, row, before, y))
    y += ROW
  }
  const height = y + 6
  const end = (x: number, address: string, port: number, word: string) => [
    svg('text', { x, y: 12, class: 'ladder-end', 'text-anchor': 'middle' }, `${text(address, 40)}:${port}`),
    svg('text', { x, y: 25, class: 'ladder-word', 'text-anchor': 'middle' }, word),
    svg('line', { x1: x, x2: x, y1: 29, y2: height, class: 'ladder-line' }),
  ]
  const name = `${words.ladder}: ${text(ends.initiator)}:${ends.initiatorPort}, ${text(ends.responder)}:${ends.responderPort}, ${words.segmentsOf(String(shown.length), String(rows.length))}`
  const figure = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, class: 'ladder', role: 'img', 'aria-label': name },
    ...end(LEFT, ends.initiator, ends.initiatorPort, words.initiatorWord),
    ...end(RIGHT, ends.responder, ends.responderPort, words.responderWord),
    ...drawn,
  )
  return h('div', { class: 'ladder-holder', tabindex: 0, role: 'region', 'aria-label': name }, figure)
}

function arrow({ value, showing }: Context, row: SegmentRow, before: SegmentRow | undefined, y: number): SVGElement {
  const [frame, timeNs, direction, flags, sequence, , window, payload, verdicts, loss] = row
  const isForward = direction === 0
  const [from, to] = isForward ? [LEFT, RIGHT] : [RIGHT, LEFT]
  const remarks = remarksOf(verdicts, loss, showing.language)
  const isTrouble = (verdicts & ~HARMLESS) !== 0 || loss > 0
  const tip = isForward ? to - 7 : to + 7
  const label = [
    flagsText(flags),
    payload > 0 ? `${sequence}+${payload}` : '',
    window === 0 && (flags & 0x04) === 0 ? 'Win=0' : '',
  ]
    .filter(Boolean)
    .join(' ')
  return svg(
    'g',
    { class: `ladder-row${isTrouble ? ' ladder-remarkable' : ''} direction-${direction}` },
    svg('text', { x: 6, y: y + 4, class: 'ladder-frame' }, `${frame}`),
    svg(
      'text',
      { x: LEFT - 12, y: y + 4, class: 'ladder-time', 'text-anchor': 'end' },
      before === undefined ? `${(timeNs / 1e9).toFixed(6)} s` : `+${value(timeNs - before[1], 'ns')}`,
    ),
    svg('line', { x1: from, x2: tip, y1: y, y2: y, class: 'ladder-arrow' }),
    svg('path', { d: `M ${to} ${y} l ${isForward ? -9 : 9} -4 v 8 z`, class: 'ladder-tip' }),
    svg('text', { x: (LEFT + RIGHT) / 2, y: y - 5, class: 'ladder-label', 'text-anchor': 'middle' }, label),
    remarks.length === 0
      ? null
      : svg(
          'text',
          { x: RIGHT + 12, y: y + 4, class: isTrouble ? 'ladder-remark' : 'ladder-note' },
          shortened(remarks),
        ),
  )
}

/** As much as fits beside the arrow; the table behind has all of it. */
function shortened(remarks: readonly string[]): string {
  const words = remarks.map((remark) => remark.replace(/^TCP /, ''))
  const joined = words.join(', ')
  return joined.length > 44 ? `${joined.slice(0, 43)}…` : joined
}

function gapMark(text: string, y: number): SVGElement {
  return svg(
    'g',
    { class: 'ladder-gap' },
    svg('rect', { x: LEFT - 3, y: y - 9, width: RIGHT - LEFT + 6, height: 14 }),
    svg('text', { x: (LEFT + RIGHT) / 2, y: y + 2, 'text-anchor': 'middle' }, `⋮ ${text}`),
  )
}
