import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { copyButton } from './copy-button.ts'

/** Whether the capture can support what is said of it: the verdict, the checks, how to make a better one. */
export function quality(context: Context): HTMLElement {
  const { report, words, text } = context
  const { checks, advice, verdict, withheld } = report.quality
  const judged = checks.filter(({ ok }) => ok !== null)
  const passed = judged.filter(({ ok }) => ok === true)
  return h(
    'section',
    { class: 'card', id: 'quality', 'aria-labelledby': 'quality-title' },
    h('h2', { id: 'quality-title' }, words.quality),
    h('p', { class: 'lead' }, text(verdict, 1000)),
    h(
      'details',
      { open: passed.length < judged.length },
      h('summary', {}, words.passedOf(passed.length, judged.length)),
      h(
        'ul',
        { class: 'checks' },
        ...checks.map(({ id, ok, text: said }) => {
          const state = ok === null ? 'untold' : ok ? 'passed' : 'failed'
          const word = ok === null ? words.notJudged : ok ? words.passed : words.failed
          const mark = h('span', { class: 'check-mark', 'aria-hidden': 'true' }, ok === null ? '–' : ok ? '✓' : '✗')
          const name = h(
            'span',
            { class: 'check-name' },
            words.checks[id],
            h('span', { class: 'visually-hidden' }, `: ${word}`),
          )
          return h(
            'li',
            { class: `check check-${state}` },
            mark,
            name,
            h('span', { class: 'check-text' }, text(said, 1000)),
          )
        }),
      ),
    ),
    withheld.length === 0 ? null : h('p', { class: 'quiet' }, words.withheld(withheld.length)),
    advice.length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, words.advice),
          ...advice.flatMap(({ text: said, commands }) => [
            h('p', {}, text(said, 1000)),
            ...commands.map((command) =>
              h(
                'p',
                { class: 'command' },
                h('code', {}, text(command, 2000)),
                copyButton(context, command, text(command, 80)),
              ),
            ),
          ]),
        ),
    incomplete(context),
  )
}

/** What was not read or not kept, loudly. */
function incomplete({ report, words, text, value }: Context): HTMLElement | null {
  const { files, limitsReached, decodeStops, truncatedPackets } = report.capture
  const lines = [
    ...files.flatMap(({ name, end }) =>
      end.status === 'ok' ? [] : [`${name ?? '-'}: ${end.reason ?? end.status} (${words.frame} ${end.lastFrame})`],
    ),
    ...Object.entries(limitsReached).map(([limit, times]) => `${limit}: ${value(times, 'count')}`),
    ...Object.entries(decodeStops).map(([reason, frames]) => `${reason}: ${value(frames, 'count')}`),
    ...(truncatedPackets > 0
      ? [
          `${value(truncatedPackets, 'count')} ${words.of} ${value(report.capture.packets, 'count')} ${words.packets}: snap length`,
        ]
      : []),
  ]
  if (lines.length === 0) return null
  return h(
    'div',
    { class: 'notice' },
    h('h3', {}, words.incomplete),
    h('ul', {}, ...lines.map((line) => h('li', {}, text(line, 500)))),
  )
}
