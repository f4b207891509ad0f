import { type Finding, type Report, severities, type Unit } from '@pcap-analyzer/engine'
import { escapeUnseen } from '@pcap-analyzer/viewer/format'
import type { Form } from '../form.ts'
import { captureName } from '../report-parts.ts'

/** Numbers for a time-series store (OpenMetrics 1.0), in base units: seconds, bytes, ratios. */
export const openMetrics: Form = {
  id: 'openmetrics',
  description: 'numbers for a time-series store (OpenMetrics 1.0)',
  files: (report) => [{ name: 'metrics.txt', content: openMetricsText(report) }],
}

interface Family {
  readonly name: string
  readonly unit: string | null
  readonly help: string
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
}

function openMetricsText(report: Report): string {
  const lines = families(report).flatMap(({ name, unit, help, samples }) => [
    `# TYPE ${name} gauge`,
    ...(unit === null ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`),
  ])
  return `${[...lines, '# EOF'].join('\n')}\n`
}

function families(report: Report): Family[] {
  const { capture, health, quality, findings } = report
  const file = captureName(capture)
  const one = (name: string, unit: string | null, help: string, value: number | null): Family[] =>
    value === null ? [] : [{ name: `pcap_${name}`, unit, help, samples: [{ labels: { file }, value }] }]
  return [
    ...one('capture_packets', null, 'Packets in the capture.', capture.packets),
    ...one('capture_wire_bytes', 'bytes', 'Bytes on the wire.', capture.wireBytes),
    ...one('capture_duration_seconds', 'seconds', 'Latest minus earliest time.', capture.durationNs / 1e9),
    ...one('health_score', null, 'Health score, 0 to 100.', health.score),
    {
      name: 'pcap_quality_check_passed',
      unit: null,
      help: 'Checks of the quality of the capture: 1 passed, 0 failed; absent where there was no occasion.',
      samples: quality.checks.flatMap(({ id, ok }) =>
        ok === null ? [] : [{ labels: { file, check: id }, value: ok ? 1 : 0 }],
      ),
    },
    {
      name: 'pcap_findings',
      unit: null,
      help: 'Findings by severity.',
      samples: severities.map((severity) => ({
        labels: { file, severity },
        value: findings.filter((finding) => finding.severity === severity).length,
      })),
    },
    {
      name: 'pcap_finding_cost_seconds',
      unit: 'seconds',
      help: 'Time that the findings of a kind cost, where it could be counted.',
      samples: costs(findings).map(([kind, costNs]) => ({ labels: { file, kind }, value: costNs / 1e9 })),
    },
    ...factFamilies(report, file),
  ].filter(({ samples }) => samples.length > 0)
}

function costs(findings: readonly Finding[]): [kind: string, costNs: number][] {
  const byKind = new Map<string, number>()
  for (const { kind, costNs } of findings) if (costNs !== null) byKind.set(kind, (byKind.get(kind) ?? 0) + costNs)
  return [...byKind].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Facts of the sections in base units, one family a unit. */
const factUnits: Readonly<Partial<Record<Unit, { name: string; unit: string | null; scale: number; help: string }>>> = {
  count: { name: 'pcap_fact_count', unit: null, scale: 1, help: 'Counts of the analyzers.' },
  bytes: { name: 'pcap_fact_bytes', unit: 'bytes', scale: 1, help: 'Sizes found by the analyzers.' },
  ns: { name: 'pcap_fact_seconds', unit: 'seconds', scale: 1e-9, help: 'Durations found by the analyzers.' },
  ratio: { name: 'pcap_fact_ratio', unit: 'ratio', scale: 1, help: 'Shares found by the analyzers, 0 to 1.' },
  bitsPerSecond: { name: 'pcap_fact_bits_per_second', unit: null, scale: 1, help: 'Rates in bits per second.' },
  packetsPerSecond: {
    name: 'pcap_fact_packets_per_second',
    unit: null,
    scale: 1,
    help: 'Rates in packets per second.',
  },
}

function factFamilies({ sections }: Report, file: string): Family[] {
  return Object.entries(factUnits).map(([unit, { name, unit: written, scale, help }]) => ({
    name,
    unit: written,
    help,
    samples: sections.flatMap(({ id, facts }) =>
      facts.flatMap((fact) =>
        fact.unit === unit && typeof fact.value === 'number'
          ? [{ labels: { file, analyzer: id, fact: fact.key }, value: scaled(fact.value, scale) }]
          : [],
      ),
    ),
  }))
}

/** Division, where it is exact, instead of a product that is not. */
function scaled(value: number, scale: number): number {
  return scale === 1e-9 ? value / 1e9 : value * scale
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** As the exposition format escapes: backslash, quote, line feed. */
function labelValue(value: string): string {
  return escapeUnseen(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
