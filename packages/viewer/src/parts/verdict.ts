import type { Report, Severity } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h, svg } from '../dom.ts'
import { severityMark } from './severity.ts'

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']
const RADIUS = 42

/** What a person reads first: the capture, the worst of it in one sentence, and how well the network did. */
export function verdict(context: Context): HTMLElement {
  const { report, words, value, text } = context
  const { capture, findings } = report
  const worst = findings[0]
  const sentence =
    capture.packets === 0
      ? words.noPackets
      : worst === undefined
        ? words.noProblem(value(capture.packets, 'count'), report.sections.length)
        : text(worst.summary, 1000)
  return h(
    'section',
    { class: 'verdict', id: 'verdict', 'aria-label': words.overview },
    h(
      'div',
      { class: 'verdict-text' },
      worst === undefined ? null : severityMark(context, worst.severity),
      h('p', { class: 'verdict-sentence' }, sentence),
      worst === undefined || worst.costNs === null
        ? null
        : h('p', { class: 'verdict-cost' }, `${words.cost} `, h('strong', {}, value(worst.costNs, 'ns'))),
      h(
        'ul',
        { class: 'verdict-counts' },
        ...countsOf(report).map(([severity, count]) =>
          h('li', {}, severityMark(context, severity), ' ', h('strong', {}, value(count, 'count'))),
        ),
      ),
    ),
    healthRing(context),
  )
}

function countsOf({ findings }: Report): [Severity, number][] {
  return severities.flatMap((severity): [Severity, number][] => {
    const { length } = findings.filter((finding) => finding.severity === severity)
    return length === 0 ? [] : [[severity, length]]
  })
}

/** The health score as a number in a ring that is as full as it. */
function healthRing({ report, words, text }: Context): HTMLElement {
  const { score, grade } = report.health
  const round = 2 * Math.PI * RADIUS
  const ring = svg(
    'svg',
    { viewBox: '0 0 100 100', class: 'ring', 'aria-hidden': 'true' },
    svg('circle', { cx: 50, cy: 50, r: RADIUS, class: 'ring-track' }),
    svg('circle', {
      cx: 50,
      cy: 50,
      r: RADIUS,
      class: `ring-value grade-${grade ?? 'none'}`,
      'stroke-dasharray': `${(round * (score ?? 0)) / 100} ${round}`,
      transform: 'rotate(-90 50 50)',
    }),
  )
  const number = h('span', { class: 'ring-number' }, score === null ? '–' : String(score))
  const parts = [...report.health.parts, report.health.security].filter(({ points }) => points > 0)
  return h(
    'div',
    { class: 'health' },
    h('div', { class: 'ring-holder' }, ring, number),
    h(
      'p',
      { class: 'health-label' },
      h('strong', {}, grade === null ? words.nothingMeasured : words.grades[grade]),
      h('span', { class: 'quiet' }, words.healthOf100),
    ),
    parts.length === 0
      ? null
      : h(
          'details',
          { class: 'health-parts' },
          h('summary', {}, words.pointsOff),
          h('ul', {}, ...parts.map((part) => h('li', {}, text(part.text, 600)))),
        ),
  )
}
