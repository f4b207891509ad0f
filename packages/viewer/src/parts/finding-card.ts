import type { Finding, FindingDetail } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { type Child, h } from '../dom.ts'
import { copyButton } from './copy-button.ts'
import { evidenceFrames, evidenceTimeline } from './evidence.ts'
import { severityMark } from './severity.ts'

/** One finding: the sentence, then why, what was ruled out, the proof, and what to do next. */
export function findingCard(context: Context, finding: Finding, number: number, isOpen: boolean): HTMLElement {
  const { words, value, text } = context
  const { severity, summary, costNs, confidence, view } = finding
  const facts = [
    costNs === null ? words.noCost : `${words.cost} ${value(costNs, 'ns')}`,
    words.confidence(confidence),
    ...(view === null ? [] : [view === 'ours' ? words.viewOurs : words.viewTshark]),
  ]
  const head = h(
    'summary',
    {},
    h('span', { class: 'finding-number' }, String(number)),
    h(
      'span',
      { class: 'finding-head' },
      h(
        'span',
        { class: 'finding-meta' },
        severityMark(context, severity),
        h('span', { class: 'quiet' }, facts.join(' · ')),
      ),
      h('span', { class: 'finding-summary', role: 'heading', 'aria-level': 3 }, text(summary, 1000)),
    ),
  )
  const card = h('details', { class: `card finding finding-${severity}`, id: `finding-${number}`, open: isOpen }, head)
  // the body is made when it is first seen: a report of many findings opens at once
  const fill = () => {
    if (card.childElementCount === 1) card.append(body(context, finding, number))
  }
  if (isOpen) fill()
  card.addEventListener('toggle', fill)
  card.addEventListener('fill', fill)
  return card
}

function body(context: Context, finding: Finding, number: number): HTMLElement {
  const { words, text, report, host } = context
  const accepted = finding.hypotheses.filter((one) => one.accepted)
  const rejected = finding.hypotheses.filter((one) => !one.accepted)
  const detail = report.details?.findings.find(({ key }) => key === finding.key)
  const said = (list: typeof accepted) =>
    list.map(({ statement, because }) =>
      h('li', {}, text(statement, 600), h('span', { class: 'quiet' }, ` – ${text(because, 600)}`)),
    )
  return h(
    'div',
    { class: 'finding-body' },
    block(words.because, 'because', ...said(accepted)),
    block(words.ruledOut, 'ruled-out', ...said(rejected)),
    block(words.limited, 'limited', ...texts(context, finding.limitedBy)),
    filterLine(context, finding),
    framesLine(context, finding),
    packetsNote(context, detail),
    ...(detail?.timelines.map((timeline) => evidenceTimeline(context, timeline)) ?? []),
    detail === undefined || detail.frames.length === 0
      ? null
      : evidenceFrames(context, detail.frames, finding.evidence.total),
    h('div', { class: 'block next' }, h('h4', {}, words.next), h('p', {}, text(finding.nextStep, 1000))),
    block(words.innocent, '', ...texts(context, finding.innocentExplanations)),
    block(words.confirm, '', ...texts(context, finding.confirmOrRefute)),
    finding.attack.length === 0
      ? null
      : h('p', { class: 'quiet' }, `${words.attack}: ${finding.attack.map((one) => text(one)).join(', ')}`),
    host.belowFinding?.(finding, number),
  )
}

/** Says what of the packets is not shown; nothing when all of them are, or the report has none. */
function packetsNote({ words, value, report }: Context, detail: FindingDetail | undefined): HTMLElement | null {
  if (report.details === undefined) return null
  if (detail === undefined) return h('p', { class: 'quiet' }, words.noPacketsShown)
  const { timelines, connections } = detail
  if (timelines.length >= connections) return null
  return h(
    'p',
    { class: 'quiet' },
    words.connectionsShown(value(timelines.length, 'count'), value(connections, 'count')),
  )
}

function texts({ text }: Context, list: readonly string[]): HTMLElement[] {
  return list.map((one) => h('li', {}, text(one, 600)))
}

function block(title: string, kind: string, ...items: readonly HTMLElement[]): HTMLElement | null {
  return items.length === 0 ? null : h('div', { class: `block ${kind}` }, h('h4', {}, title), h('ul', {}, ...items))
}

function filterLine(context: Context, { displayFilter }: Finding): HTMLElement | null {
  const { words, text, host } = context
  if (displayFilter === '') return null
  const address = host.packetsAddress?.(displayFilter)
  return h(
    'div',
    { class: 'block filter' },
    h('h4', {}, words.filter),
    h('code', {}, text(displayFilter, 4000)),
    copyButton(context, displayFilter, text(displayFilter, 80)),
    address === undefined ? null : h('a', { class: 'to-packets', href: address }, words.showPackets),
  )
}

function framesLine({ words, value, host }: Context, { evidence }: Finding): HTMLElement | null {
  if (evidence.frames.length === 0) return null
  const count = words.evidenceOf(value(evidence.frames.length, 'count'), value(evidence.total, 'count'))
  return h(
    'div',
    { class: 'block' },
    h('h4', {}, words.frames, ' ', h('span', { class: 'quiet' }, count)),
    h(
      'p',
      { class: 'frames' },
      ...evidence.frames.flatMap((frame, i): Child[] => {
        const address = host.packetAddress?.(frame)
        return [i === 0 ? null : ', ', address === undefined ? String(frame) : h('a', { href: address }, String(frame))]
      }),
    ),
  )
}
