import { type Severity, severities } from '@pcap-analyzer/engine'

/** Whether a severity is the threshold or worse. */
export function isAtLeast(severity: Severity, threshold: string): boolean {
  return severities.indexOf(severity) >= severities.indexOf(threshold as Severity)
}
