import type { Column, Report, Value } from '@pcap-analyzer/engine'

/** Columns of findings.parquet. */
export const findingColumns: readonly Column[] = [
  { key: 'key', label: 'Key', unit: 'text' },
  { key: 'kind', label: 'Kind', unit: 'text' },
  { key: 'severity', label: 'Severity', unit: 'text' },
  { key: 'confidence', label: 'Confidence', unit: 'text' },
  { key: 'summary', label: 'Summary', unit: 'text' },
  { key: 'costNs', label: 'Cost', unit: 'ns' },
  { key: 'frames', label: 'Frames listed, with blanks between them', unit: 'text' },
  { key: 'framesTotal', label: 'Frames in all', unit: 'frame' },
  { key: 'displayFilter', label: 'Filter', unit: 'filter' },
  { key: 'view', label: 'View', unit: 'text' },
  { key: 'nextStep', label: 'Next step', unit: 'text' },
  { key: 'attack', label: 'ATT&CK techniques', unit: 'text' },
]

/** Rows of findings.parquet. */
export function findingRows({ findings }: Report): Value[][] {
  return findings.map((one) => [
    one.key,
    one.kind,
    one.severity,
    one.confidence,
    one.summary,
    one.costNs,
    one.evidence.frames.join(' '),
    one.evidence.total,
    one.displayFilter,
    one.view,
    one.nextStep,
    one.attack.join(' '),
  ])
}
