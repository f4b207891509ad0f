import type { Report, Value } from '@pcap-analyzer/engine'
import type { OutputFile } from '../form.ts'
import { captureName, factOf, findTable, rowsOf } from '../report-parts.ts'
import { csvText } from './csv-text.ts'

const TRANSPORTS: readonly string[] = ['tcp', 'udp', 'icmp', 'icmpv6', 'igmp', 'sctp', 'esp', 'ah', 'udplite', 'dccp']

/** The five files that scripts of the tool before this one read, under their names and with their columns. */
export function originalFiles(report: Report): OutputFile[] {
  return [
    { name: 'summary.csv', content: summary(report) },
    { name: 'protocol_distribution.csv', content: protocols(report) },
    { name: 'service_classification.csv', content: services(report) },
    { name: 'jitter_statistics.csv', content: jitter(report) },
  ]
}

function summary(report: Report): string {
  const { capture, health } = report
  const services = rowsOf(findTable(report, 'services', 'services'))
  const flows = sum(services, 'flows')
  const unknown = sum(
    services.filter(({ basis }) => basis === 'none'),
    'flows',
  )
  const rows: Value[][] = [
    ['PCAP File', captureName(capture)],
    ['Total Packets', capture.packets],
    ['Capture Duration (s)', capture.durationNs / 1e9],
    ['Health Score', health.score],
    ['Severity', health.grade],
    ...rowsOf(findTable(report, 'traffic', 'protocols'))
      .filter(({ protocol }) => TRANSPORTS.includes(String(protocol)))
      .map(({ protocol, frames }): Value[] => [`${String(protocol).toUpperCase()} Packets`, frames]),
    ['Unidirectional Flows', oneWay(report)],
    ['Classified Flows', flows - unknown],
    ['Classification Rate (%)', flows === 0 ? null : round((100 * (flows - unknown)) / flows)],
    ['Mean Jitter (ms)', meanJitterMs(report)],
  ]
  return csvText(['Metric', 'Value'], rows)
}

function protocols(report: Report): string {
  const rows = rowsOf(findTable(report, 'traffic', 'protocols'))
  return csvText(
    ['Protocol', 'Count', 'Percentage'],
    rows.map(({ protocol, frames }): Value[] => [protocol, frames, percent(Number(frames), report.capture.packets)]),
  )
}

function services(report: Report): string {
  const rows = rowsOf(findTable(report, 'services', 'services'))
  const flows = sum(rows, 'flows')
  return csvText(
    ['Service Type', 'Flow Count', 'Percentage'],
    rows.map((row): Value[] => [row.service, row.flows, percent(Number(row.flows), flows)]),
  )
}

function jitter(report: Report): string {
  return csvText(
    ['Flow', 'Mean Jitter (ms)', 'Max Jitter (ms)', 'Packet Count'],
    rowsOf(findTable(report, 'rtp', 'streams')).map((row): Value[] => [
      `${row.sender}:${row.senderPort} -> ${row.receiver}:${row.receiverPort}`,
      round(Number(row.jitterNs) / 1e6),
      round(Number(row.greatestJitterNs) / 1e6),
      row.packets,
    ]),
  )
}

function oneWay(report: Report): Value {
  const tcp = factOf(report, 'flows', 'oneWayTcp')
  const udp = factOf(report, 'flows', 'oneWayUdp')
  return typeof tcp === 'number' && typeof udp === 'number' ? tcp + udp : null
}

function meanJitterMs(report: Report): Value {
  const rows = rowsOf(findTable(report, 'rtp', 'streams'))
  return rows.length === 0 ? null : round(sum(rows, 'jitterNs') / rows.length / 1e6)
}

function sum(rows: readonly Readonly<Record<string, Value>>[], key: string): number {
  return rows.reduce((total, row) => total + Number(row[key]), 0)
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)}%`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
