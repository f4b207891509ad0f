import type { Report } from '@pcap-analyzer/engine'

/** What a share of the lowest level shows of a report: the findings in words, without frames, filters, tables and packets. */
export function summaryOf(report: Report): Report {
  const { details: _details, ...rest } = report
  return {
    ...rest,
    sections: [],
    findings: report.findings.map((finding) => ({
      ...finding,
      displayFilter: '',
      evidence: { ...finding.evidence, frames: [] },
    })),
  }
}
