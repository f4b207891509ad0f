import type { CaptureSummary, Report, Section, Table } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { bytesText, countText, durationText, timeText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { SummaryWords } from '../words/summary-words.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'

const MOST_FILES = 5
const MOST_PAIRS = 5
const MOST_PROTOCOLS = 12

/** What the capture holds: file, span, packets, hosts, who talks most, protocols. */
export function overviewLines(report: Report, { columns, style, words }: Layout): string[] {
  const { labels } = words
  const { capture } = report
  const line = (label: string, text: string | null) =>
    text === null ? [] : [labelled(label, text, LABEL_COLUMNS, columns)]
  const pairs = findTable(report, 'conversations', 'pairs')
  return [
    style.bold(fileText(capture, words)),
    ...line(labels.format, formatText(capture, words)),
    ...line(labels.span, spanText(capture, words)),
    ...line(labels.packets, packetsText(capture, words)),
    ...line(labels.hosts, hostsText(findSection(report, 'conversations'), words)),
    ...line(labels.protocols, protocolsText(findTable(report, 'traffic', 'protocols'), capture.packets, words)),
    ...pairLines(pairs, columns, words),
  ]
}

function fileText({ files }: CaptureSummary, words: SummaryWords): string {
  const names = files.slice(0, MOST_FILES).map(({ name }) => safeText(name ?? words.standardInput))
  const more = files.length - names.length
  return `${names.join(', ')}${more > 0 ? words.moreFiles(countText(more)) : ''}`
}

function formatText(capture: CaptureSummary, words: SummaryWords): string {
  const links = capture.linkTypes.map(
    ({ name, number, supported, packets }) =>
      `${safeText(name)}${supported ? '' : words.notDecoded(number, words.packets(packets))}`,
  )
  const compression = capture.compression === 'none' ? [] : [capture.compression]
  return [capture.format, ...compression, ...links].join(', ')
}

function spanText(capture: CaptureSummary, words: SummaryWords): string | null {
  const { earliestTime, latestTime, durationNs, timeOrdered } = capture
  if (earliestTime === null || latestTime === null) return null
  return words.span(timeText(earliestTime), timeText(latestTime), durationText(durationNs), timeOrdered)
}

function packetsText(capture: CaptureSummary, words: SummaryWords): string {
  const { packets, wireBytes, capturedBytes, truncatedPackets } = capture
  const cut = truncatedPackets === 0 ? '' : words.cut(bytesText(capturedBytes), words.packets(truncatedPackets))
  return `${words.onTheWire(countText(packets), bytesText(wireBytes))}${cut})`
}

function hostsText(section: Section | undefined, words: SummaryWords): string | null {
  if (section === undefined) return null
  const count = (key: string) => section.facts.find((fact) => fact.key === key)?.value
  const hosts = count('hosts')
  if (typeof hosts !== 'number') return null
  const parts: string[] = [words.measure(countText(hosts))]
  const [tcpFlows, udpFlows] = [count('tcpFlows'), count('udpFlows')]
  if (typeof tcpFlows === 'number') parts.push(words.tcpStreams(tcpFlows))
  if (typeof udpFlows === 'number') parts.push(words.udpStreams(udpFlows))
  return parts.join(', ')
}

function protocolsText(table: Table | undefined, packets: number, words: SummaryWords): string | null {
  if (table === undefined || table.rows.length === 0) return null
  const [name, frames] = [columnOf(table, 'protocol'), columnOf(table, 'frames')]
  const rows = [...table.rows].sort((a, b) => Number(b[frames]) - Number(a[frames]))
  const shown = rows
    .slice(0, MOST_PROTOCOLS)
    .map((row) => `${safeText(String(row[name]))} ${words.measure(shareText(Number(row[frames]), packets))}`)
  const more = table.total - shown.length
  return `${shown.join(', ')}${more > 0 ? words.more(more) : ''}`
}

function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  if (percent > 0 && percent < 0.1) return '<0.1 %'
  return `${percent >= 99.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`
}

function pairLines(table: Table | undefined, columns: number, words: SummaryWords): string[] {
  if (table === undefined) return []
  const at = (key: string) => columnOf(table, key)
  return table.rows.slice(0, MOST_PAIRS).map((row, i) => {
    const bytes = Number(row[at('bytesAToB')]) + Number(row[at('bytesBToA')])
    const more = i === 0 && table.total > MOST_PAIRS ? words.pairsShown(MOST_PAIRS, countText(table.total)) : ''
    const text = `${safeText(String(row[at('a')]))} - ${safeText(String(row[at('b')]))}  ${words.measure(bytesText(bytes))}, ${words.flows(Number(row[at('flows')]))}${more}`
    return labelled(i === 0 ? words.labels.topPairs : '', text, LABEL_COLUMNS, columns)
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
