import type { CaptureSummary, Report, Section, Table } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { bytesText, countText, durationText, pluralText, timeText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'

const MOST_FILES = 5
const MOST_PAIRS = 5
const MOST_PROTOCOLS = 12

/** What the capture holds: file, span, packets, hosts, who talks most, protocols. */
export function overviewLines(report: Report, { columns, style }: Layout): string[] {
  const { capture } = report
  const line = (label: string, text: string | null) =>
    text === null ? [] : [labelled(label, text, LABEL_COLUMNS, columns)]
  const pairs = findTable(report, 'conversations', 'pairs')
  return [
    style.bold(fileText(capture)),
    ...line('Format', formatText(capture)),
    ...line('Span', spanText(capture)),
    ...line('Packets', packetsText(capture)),
    ...line('Hosts', hostsText(findSection(report, 'conversations'))),
    ...line('Protocols', protocolsText(findTable(report, 'traffic', 'protocols'), capture.packets)),
    ...pairLines(pairs, columns),
  ]
}

function fileText({ files }: CaptureSummary): string {
  const names = files.slice(0, MOST_FILES).map(({ name }) => safeText(name ?? 'standard input'))
  const more = files.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more files` : ''}`
}

function formatText(capture: CaptureSummary): string {
  const links = capture.linkTypes.map(
    ({ name, number, supported, packets }) =>
      `${safeText(name)}${supported ? '' : ` (link type ${number} is not decoded: ${pluralText(packets, 'packet')})`}`,
  )
  const compression = capture.compression === 'none' ? [] : [capture.compression]
  return [capture.format, ...compression, ...links].join(', ')
}

function spanText(capture: CaptureSummary): string | null {
  const { earliestTime, latestTime, durationNs, timeOrdered } = capture
  if (earliestTime === null || latestTime === null) return null
  const order = timeOrdered ? '' : ', not in order of time'
  return `${timeText(earliestTime)} to ${timeText(latestTime)} (${durationText(durationNs)}${order})`
}

function packetsText(capture: CaptureSummary): string {
  const { packets, wireBytes, capturedBytes, truncatedPackets } = capture
  const cut =
    truncatedPackets === 0
      ? ''
      : `, ${bytesText(capturedBytes)} captured: ${pluralText(truncatedPackets, 'packet')} cut short`
  return `${countText(packets)} (${bytesText(wireBytes)} on the wire${cut})`
}

function hostsText(section: Section | undefined): string | null {
  if (section === undefined) return null
  const count = (key: string) => section.facts.find((fact) => fact.key === key)?.value
  const hosts = count('hosts')
  if (typeof hosts !== 'number') return null
  const parts: string[] = [countText(hosts)]
  for (const [key, singular] of [
    ['tcpFlows', 'TCP stream'],
    ['udpFlows', 'UDP stream'],
  ]) {
    const value = count(key)
    if (typeof value === 'number') parts.push(pluralText(value, singular))
  }
  return parts.join(', ')
}

function protocolsText(table: Table | undefined, packets: number): string | null {
  if (table === undefined || table.rows.length === 0) return null
  const [name, frames] = [columnOf(table, 'protocol'), columnOf(table, 'frames')]
  const rows = [...table.rows].sort((a, b) => Number(b[frames]) - Number(a[frames]))
  const shown = rows
    .slice(0, MOST_PROTOCOLS)
    .map((row) => `${safeText(String(row[name]))} ${shareText(Number(row[frames]), packets)}`)
  const more = table.total - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  if (percent > 0 && percent < 0.1) return '<0.1 %'
  return `${percent >= 99.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`
}

function pairLines(table: Table | undefined, columns: number): string[] {
  if (table === undefined) return []
  const at = (key: string) => columnOf(table, key)
  return table.rows.slice(0, MOST_PAIRS).map((row, i) => {
    const bytes = Number(row[at('bytesAToB')]) + Number(row[at('bytesBToA')])
    const more =
      i === 0 && table.total > MOST_PAIRS ? ` (${MOST_PAIRS} of ${countText(table.total)} pairs are shown)` : ''
    const text = `${safeText(String(row[at('a')]))} - ${safeText(String(row[at('b')]))}  ${bytesText(bytes)}, ${pluralText(Number(row[at('flows')]), 'flow')}${more}`
    return labelled(i === 0 ? 'Top pairs' : '', text, LABEL_COLUMNS, columns)
  })
}

/** A section that the report may have. */
export function findSection(report: Report, id: string): Section | undefined {
  return report.sections.find((section) => section.id === id)
}

/** A table that a section of the report may have. */
export function findTable(report: Report, id: string, key: string): Table | undefined {
  return findSection(report, id)?.tables.find((table) => table.key === key)
}

function columnOf(table: Table, key: string): number {
  return table.columns.findIndex((column) => column.key === key)
}
