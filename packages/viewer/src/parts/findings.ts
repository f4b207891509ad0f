import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { findingCard } from './finding-card.ts'

/** Findings that are open at first. */
const OPEN = 3

/** What is wrong, most costly first, and what was looked for and not seen. */
export function findings(context: Context): HTMLElement {
  const { report, words, value, text } = context
  const { length } = report.findings
  const cut =
    length < report.findingCount ? words.cutFindings(value(length, 'count'), value(report.findingCount, 'count')) : null
  const none =
    report.capture.packets === 0
      ? words.noPackets
      : words.noProblem(value(report.capture.packets, 'count'), report.sections.length)
  return h(
    'section',
    { id: 'findings', class: 'findings', 'aria-labelledby': 'findings-title' },
    h(
      'h2',
      { id: 'findings-title', tabindex: -1 },
      words.findings,
      ' ',
      h('span', { class: 'count' }, value(report.findingCount, 'count')),
    ),
    cut === null ? null : h('p', { class: 'notice' }, cut),
    length === 0 ? h('p', { class: 'card good' }, none) : null,
    ...report.findings.map((finding, i) => findingCard(context, finding, i + 1, i < OPEN)),
    report.notSeen.length === 0
      ? null
      : h(
          'div',
          { class: 'card not-seen' },
          h('h3', {}, words.notSeen),
          h(
            'ul',
            {},
            ...report.notSeen.map(({ text: said, isVisible }) =>
              h(
                'li',
                { class: isVisible ? 'check-passed' : 'check-untold' },
                h('span', { class: 'check-mark', 'aria-hidden': 'true' }, isVisible ? '✓' : '–'),
                text(said, 600),
              ),
            ),
          ),
        ),
  )
}
