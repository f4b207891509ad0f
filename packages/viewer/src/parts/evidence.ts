import type { EvidenceFrame, EvidenceTimeline } from '@pcap-analyzer/engine'
import { ladder } from '../charts/ladder.ts'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { flagsText, remarksOf } from './tcp-words.ts'

/** The packets that prove a finding within a connection: opening, evidence with its neighbours, end; as a flow graph and a table. */
export function evidenceTimeline(context: Context, timeline: EvidenceTimeline): HTMLElement {
  const { words, value, text } = context
  const { stream, initiator, initiatorPort, responder, responderPort, segments, total } = timeline
  const name = `${text(initiator)}:${initiatorPort} → ${text(responder)}:${responderPort}`
  const columns = [
    words.frame,
    words.since,
    words.direction,
    words.flags,
    words.sequence,
    words.acknowledgment,
    words.window,
    words.payload,
    words.remarks,
  ]
  const head = h(
    'tr',
    {},
    ...columns.map((column, i) =>
      h('th', { scope: 'col', class: i === 3 || i === 8 || i === 2 ? 'words' : 'number' }, column),
    ),
  )
  const rows = segments.flatMap(({ role, row }, i) => {
    const [frame, timeNs, direction, flags, sequence, acknowledgment, window, payload, verdicts, loss] = row
    const before = segments[i - 1]?.row[0]
    const gap =
      before !== undefined && frame > before + 1
        ? [
            h(
              'tr',
              { class: 'gap' },
              h('td', { colspan: columns.length }, words.leftOut(value(frame - before - 1, 'count'))),
            ),
          ]
        : []
    const remarks = remarksOf(verdicts, loss, context.showing.language)
    const mark = h('span', { class: `role role-${role}` }, words.roles[role])
    return [
      ...gap,
      h(
        'tr',
        { class: `segment segment-${role}` },
        h('th', { scope: 'row', class: 'number' }, String(frame)),
        h('td', { class: 'number' }, seconds(timeNs)),
        h(
          'td',
          { class: 'words' },
          direction === 0 ? '→' : '←',
          h('span', { class: 'visually-hidden' }, direction === 0 ? words.fromInitiator : words.fromResponder),
        ),
        h('td', { class: 'words' }, flagsText(flags)),
        h('td', { class: 'number' }, String(sequence)),
        h('td', { class: 'number' }, (flags & 0x10) === 0 ? '' : String(acknowledgment)),
        h('td', { class: 'number' }, String(window)),
        h('td', { class: 'number' }, String(payload)),
        h('td', { class: 'words' }, mark, remarks.length === 0 ? null : ` ${remarks.join(', ')}`),
      ),
    ]
  })
  const table = h(
    'div',
    { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': `${words.evidence} ${name}` },
    h('table', { class: 'packets' }, h('thead', {}, head), h('tbody', {}, ...rows)),
  )
  return h(
    'div',
    { class: 'block evidence' },
    h(
      'h4',
      {},
      `${words.evidence} · tcp.stream ${stream} · ${name} `,
      h('span', { class: 'quiet' }, words.segmentsOf(value(segments.length, 'count'), value(total, 'count'))),
    ),
    ladder(
      context,
      timeline,
      segments.map(({ row }) => row),
    ),
    h('details', { class: 'behind' }, h('summary', {}, words.tableBehind), table),
  )
}

/** Evidence that is no TCP, as a packet list. */
export function evidenceFrames(context: Context, frames: readonly EvidenceFrame[], total: number): HTMLElement {
  const { words, text, value } = context
  const count = words.evidenceOf(value(frames.length, 'count'), value(total, 'count'))
  const columns = [words.frame, words.since, words.source, words.destination, words.protocol, words.length, words.info]
  const head = h(
    'tr',
    {},
    ...columns.map((column, i) => h('th', { scope: 'col', class: i < 2 || i === 5 ? 'number' : 'words' }, column)),
  )
  const rows = frames.map((one) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'number' }, String(one.frame)),
      h('td', { class: 'number' }, seconds(one.timeNs)),
      h('td', { class: 'code' }, text(one.source, 60)),
      h('td', { class: 'code' }, text(one.destination, 60)),
      h('td', { class: 'words' }, text(one.protocol)),
      h('td', { class: 'number' }, String(one.wireBytes)),
      h('td', { class: 'words info' }, text(one.info, 200)),
    ),
  )
  return h(
    'div',
    { class: 'block evidence' },
    h('h4', {}, words.evidence, ' ', h('span', { class: 'quiet' }, count)),
    h(
      'div',
      { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': words.evidence },
      h('table', { class: 'packets' }, h('thead', {}, head), h('tbody', {}, ...rows)),
    ),
  )
}

/** Seconds with six decimals. */
function seconds(timeNs: number): string {
  return `${(timeNs / 1e9).toFixed(6)} s`
}
