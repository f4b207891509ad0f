import type { Report } from '@pcap-analyzer/engine'
import { layOutByAndBy } from './by-and-by.ts'
import { hostWorld } from './charts/host-world.ts'
import { redrawCharts } from './charts/shown-charts.ts'
import { trafficChart } from './charts/traffic-chart.ts'
import { type Context, newContext, type Showing } from './context.ts'
import { type Child, h } from './dom.ts'
import type { Host, ShownReport } from './host.ts'
import { connections } from './parts/connections.ts'
import { explore } from './parts/explore.ts'
import { findings } from './parts/findings.ts'
import { quality } from './parts/quality.ts'
import { factOf, tableOf } from './parts/section-access.ts'
import { timeBudget } from './parts/time-budget.ts'
import { verdict } from './parts/verdict.ts'

/** Shows a report in an element, and shows it anew when language or time zone are changed. */
export function showReport(root: HTMLElement, report: Report, first: Showing, host: Host = {}): ShownReport {
  let showing = first
  const change = (changes: Partial<Showing>) => {
    showing = { ...showing, ...changes }
    draw()
  }
  const over = new AbortController()
  const { signal } = over
  const draw = () => {
    host.onShowing?.(showing)
    root.replaceChildren(...page(newContext(report, showing, host), change))
    layOutByAndBy(root, signal)
  }
  draw()
  // what is folded is unfolded for paper
  const unfold = () => {
    for (const folded of root.querySelectorAll<HTMLDetailsElement>('details.finding')) {
      folded.dispatchEvent(new Event('fill'))
      folded.open = true
    }
  }
  window.addEventListener('beforeprint', unfold, { signal })
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    window.matchMedia(query).addEventListener('change', redrawCharts, { signal })
  }
  return {
    change,
    dispose() {
      over.abort()
      root.replaceChildren()
      redrawCharts()
    },
  }
}

function page(context: Context, change: (change: Partial<Showing>) => void): HTMLElement[] {
  const { report, words } = context
  const parts = [
    verdict(context),
    quality(context),
    timeBudget(context),
    findings(context),
    overviewCharts(context),
    connections(context),
    explore(context),
    provenance(context),
  ].filter((part) => part !== null)
  return [
    h('a', { class: 'skip', href: '#findings-title' }, words.skip),
    header(context, change),
    h('div', { class: 'columns' }, contents(context), h('main', {}, ...parts)),
    h('footer', {}, h('p', {}, words.madeBy(context.text(report.engine.version)))),
  ]
}

function header(context: Context, change: (change: Partial<Showing>) => void): HTMLElement {
  const { report, words, value, text, time, showing } = context
  const { capture } = report
  const name = capture.files.map((file) => file.name ?? '–').join(', ')
  const facts = [
    `${value(capture.packets, 'count')} ${words.packets}`,
    `${value(capture.wireBytes, 'bytes')} ${words.wireBytes}`,
    `${value(capture.durationNs, 'ns')}`,
    ...(capture.earliestTime === null
      ? []
      : [`${time(capture.earliestTime)} – ${capture.latestTime === null ? '' : time(capture.latestTime)}`]),
  ]
  return h(
    'header',
    { class: 'top' },
    h(
      'div',
      { class: 'top-text' },
      h('p', { class: 'kicker' }, words.reportOf),
      h('h1', {}, text(name, 160)),
      h('p', { class: 'top-facts' }, ...facts.map((fact) => h('span', {}, fact))),
    ),
    h(
      'div',
      { class: 'controls' },
      choice(
        words.language,
        [
          ['en', 'English'],
          ['fr', 'Français'],
        ],
        showing.language,
        (language) => change({ language: language as Showing['language'] }),
      ),
      choice(
        words.timeZone,
        [
          ['utc', 'UTC'],
          ['local', words.local],
        ],
        showing.timeZone,
        (timeZone) => change({ timeZone: timeZone as Showing['timeZone'] }),
      ),
      choice(
        words.theme,
        [
          ['auto', words.auto],
          ['light', words.light],
          ['dark', words.dark],
        ],
        document.documentElement.dataset.theme ?? 'auto',
        (theme) => {
          document.documentElement.dataset.theme = theme
          redrawCharts()
        },
      ),
      h('button', { type: 'button', class: 'print', click: () => window.print() }, words.print),
    ),
  )
}

function choice(
  name: string,
  options: readonly (readonly [value: string, word: string])[],
  chosen: string,
  act: (value: string) => void,
): HTMLElement {
  const select = h(
    'select',
    { 'aria-label': name, title: name },
    ...options.map(([value, word]) => h('option', { value, selected: value === chosen }, word)),
  )
  select.addEventListener('change', () => act(select.value))
  return select
}

function contents({ words, report, value }: Context): HTMLElement {
  const links: [string, string, string?][] = [
    ['#verdict', words.overview],
    ['#quality', words.quality],
    ...(report.sections.some(({ id }) => id === 'latency') ? [['#time', words.timeWent] as [string, string]] : []),
    ['#findings', words.findings, value(report.findingCount, 'count')],
    ['#traffic', words.groups.traffic],
    ['#connections', words.connections],
    ['#explore', words.explore],
  ]
  const item = ([href, word, count]: (typeof links)[number]) =>
    h('li', {}, h('a', { href }, word, count === undefined ? null : h('span', { class: 'count' }, count)))
  return h('nav', { class: 'contents', 'aria-label': words.contents }, h('ul', {}, ...links.map(item)))
}

function overviewCharts(context: Context): HTMLElement | null {
  const { report, words } = context
  const timeline = report.sections.find(({ id }) => id === 'timeline')
  const conversations = report.sections.find(({ id }) => id === 'conversations')
  const series = timeline === undefined ? undefined : tableOf(timeline, 'series')
  const pairs = conversations === undefined ? undefined : tableOf(conversations, 'pairs')
  const charts: Child[] = [
    timeline !== undefined && series !== undefined && series.rows.length > 1
      ? trafficChart(context, series, Number(factOf(timeline, 'pointNs') ?? 0))
      : null,
    pairs === undefined ? null : hostWorld(context, pairs),
  ]
  if (charts.every((chart) => chart === null)) return null
  return h(
    'section',
    { class: 'card', id: 'traffic', 'aria-labelledby': 'traffic-title' },
    h('h2', { id: 'traffic-title' }, words.groups.traffic),
    ...charts,
  )
}

function provenance({ report, words, text, value }: Context): HTMLElement | null {
  const { provenance: made } = report
  if (made === undefined) return null
  return h(
    'section',
    { class: 'card provenance', 'aria-labelledby': 'provenance-title' },
    h('h2', { id: 'provenance-title' }, words.provenance),
    h(
      'ul',
      {},
      ...made.captures.map(({ name, bytes, sha256 }) =>
        h('li', {}, text(name, 160), ` (${value(bytes, 'bytes')}) `, h('code', { class: 'hash' }, `SHA-256 ${sha256}`)),
      ),
    ),
    h('p', { class: 'quiet' }, words.howToVerify),
  )
}
