import type { Section } from '@pcap-analyzer/engine'
import { hostWorld } from '../charts/host-world.ts'
import { trafficChart } from '../charts/traffic-chart.ts'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'
import { burstShares } from './burst-shares.ts'
import { dataTable } from './data-table.ts'
import { factOf, tableOf } from './section-access.ts'

type Group = 'traffic' | 'tcp' | 'applications' | 'network' | 'security'

/** Which group an analyzer's section stands in; one that is new stands with the traffic. */
const groupOf: Readonly<Record<string, Group>> = {
  latency: 'tcp',
  'tcp-health': 'tcp',
  handshakes: 'tcp',
  rtt: 'tcp',
  windows: 'tcp',
  'delayed-acks': 'tcp',
  sack: 'tcp',
  'connection-ends': 'tcp',
  bufferbloat: 'tcp',
  dns: 'applications',
  http: 'applications',
  rtp: 'applications',
  tls: 'applications',
  services: 'applications',
  icmp: 'network',
  'path-mtu': 'network',
  fragments: 'network',
  'local-network': 'network',
  'port-scan': 'security',
  'brute-force': 'security',
  flood: 'security',
  'http-flood': 'security',
  'dns-tunnel': 'security',
  'icmp-tunnel': 'security',
  exfiltration: 'security',
  beacon: 'security',
  'lateral-movement': 'security',
  'local-spoofing': 'security',
}
const groups: readonly Group[] = ['traffic', 'tcp', 'applications', 'network', 'security']

/** Every section of every analyzer, by group. */
export function explore(context: Context): HTMLElement {
  const { report, words } = context
  return h(
    'section',
    { id: 'explore', 'aria-labelledby': 'explore-title' },
    h('h2', { id: 'explore-title' }, words.explore),
    ...groups.map((group) => {
      const sections = report.sections.filter(({ id }) => (groupOf[id] ?? 'traffic') === group)
      if (sections.length === 0) return null
      return h(
        'div',
        { class: 'group' },
        h('h3', {}, words.groups[group]),
        ...sections.map((section) => analyzerSection(context, section)),
      )
    }),
  )
}

/** One analyzer's facts and tables; its inside is made when it is opened. */
export function analyzerSection(context: Context, section: Section): HTMLElement {
  const { words, label } = context
  const view =
    section.view === null
      ? null
      : h('span', { class: 'quiet' }, section.view === 'ours' ? words.viewOurs : words.viewTshark)
  const glance = glanceOf(context, section)
  const card = h(
    'details',
    { class: 'card analyzer', id: `section-${section.id}` },
    h(
      'summary',
      {},
      h('span', { class: 'analyzer-title', role: 'heading', 'aria-level': 4 }, label(section.title)),
      view,
      h('span', { class: 'glance' }, glance),
    ),
  )
  const fill = () => {
    if (card.childElementCount === 1) card.append(inside({ ...context, chartLevel: 4 }, section))
  }
  card.addEventListener('toggle', fill)
  card.addEventListener('fill', fill)
  return card
}

function inside(context: Context, section: Section): HTMLElement {
  const { value, label, text } = context
  const facts = section.facts.map(({ label: name, value: fact, unit, note }) =>
    h(
      'div',
      { class: 'fact' },
      h('dt', {}, label(name)),
      h('dd', {}, fact === null && note !== undefined ? h('span', { class: 'quiet' }, text(note)) : value(fact, unit)),
    ),
  )
  return h(
    'div',
    { class: 'analyzer-body' },
    h('dl', { class: 'facts' }, ...facts),
    chartOf(context, section),
    ...section.tables.map((table) => dataTable(context, table)),
    section.id === 'timeline' ? burstShares(context) : null,
  )
}

/** The chart that belongs to a section, where one does. */
function chartOf(context: Context, section: Section): HTMLElement | null {
  const series = section.id === 'timeline' ? tableOf(section, 'series') : undefined
  if (series !== undefined && series.rows.length > 1)
    return trafficChart(context, series, Number(factOf(section, 'pointNs') ?? 0))
  const pairs = section.id === 'conversations' ? tableOf(section, 'pairs') : undefined
  return pairs === undefined ? null : hostWorld(context, pairs)
}

/** The first facts that are not nothing, so that one knows what is worth opening. */
function glanceOf({ value, label }: Context, section: Section): string {
  return section.facts
    .filter(({ value: fact }) => fact !== null && fact !== 0 && fact !== '')
    .slice(0, 2)
    .map((fact) => `${label(fact.label)} ${value(fact.value, fact.unit)}`)
    .join(' · ')
}
