import type { ColumnOf, Finding } from '@pcap-analyzer/engine'

/** What a table of findings tells, in findings.csv, security_events.csv and findings.parquet alike. */
export const findingColumns: readonly ColumnOf<Finding>[] = [
  { key: 'key', label: 'Key', unit: 'text', value: (one) => one.key },
  { key: 'kind', label: 'Kind', unit: 'text', value: (one) => one.kind },
  { key: 'severity', label: 'Severity', unit: 'text', value: (one) => one.severity },
  { key: 'confidence', label: 'Confidence', unit: 'text', value: (one) => one.confidence },
  { key: 'summary', label: 'Summary', unit: 'text', value: (one) => one.summary },
  { key: 'costNs', label: 'Cost', unit: 'ns', value: (one) => one.costNs },
  { key: 'frames', label: 'Frames', unit: 'text', value: (one) => one.evidence.frames.join(' ') },
  { key: 'framesTotal', label: 'Frames in all', unit: 'frame', value: (one) => one.evidence.total },
  { key: 'displayFilter', label: 'Filter', unit: 'filter', value: (one) => one.displayFilter },
  { key: 'view', label: 'View', unit: 'text', value: (one) => one.view },
  { key: 'accepted', label: 'Accepted', unit: 'text', value: (one) => hypotheses(one, true) },
  { key: 'rejected', label: 'Rejected', unit: 'text', value: (one) => hypotheses(one, false) },
  { key: 'limitedBy', label: 'Limited by', unit: 'text', value: (one) => one.limitedBy.join('; ') },
  { key: 'nextStep', label: 'Next step', unit: 'text', value: (one) => one.nextStep },
  { key: 'attack', label: 'ATT&CK', unit: 'text', value: (one) => one.attack.join(' ') },
  {
    key: 'innocentExplanations',
    label: 'Innocent explanations',
    unit: 'text',
    value: (one) => one.innocentExplanations.join('; '),
  },
]

function hypotheses(finding: Finding, isAccepted: boolean): string {
  return finding.hypotheses
    .filter(({ accepted }) => accepted === isAccepted)
    .map(({ statement, because }) => `${statement} (${because})`)
    .join('; ')
}
