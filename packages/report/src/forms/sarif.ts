import type { Finding, Report, Severity } from '@pcap-analyzer/engine'
import type { Form } from '../form.ts'
import { reportJson } from './report-json.ts'

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}
/** What viewers sort security results by (0 … 10). */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
}

/** Findings as results of a static analysis (SARIF 2.1.0), which code hosts and editors show. */
export const sarif: Form = {
  id: 'sarif',
  description: 'SARIF 2.1.0 for code hosts and editors; frames are logical locations of the capture',
  files: (report) => [{ name: 'report.sarif', content: reportJson(sarifLog(report), 'pretty') }],
}

function sarifLog(report: Report): object {
  const uris = report.capture.files.map(({ name }) => (name === null ? 'stdin' : encodeURIComponent(name)))
  const kinds = [...new Set(report.findings.map(({ kind }) => kind))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.engine.name,
            version: report.engine.version,
            semanticVersion: report.engine.version,
            rules: kinds.map((kind) => rule(kind, report.findings)),
          },
        },
        columnKind: 'unicodeCodePoints',
        artifacts: uris.map((uri) => ({ location: { uri }, mimeType: 'application/vnd.tcpdump.pcap' })),
        results: report.findings.map((finding) => result(finding, kinds.indexOf(finding.kind), uris[0])),
      },
    ],
  }
}

function rule(kind: string, findings: readonly Finding[]): object {
  const ofKind = findings.filter((finding) => finding.kind === kind)
  const attack = [...new Set(ofKind.flatMap((finding) => finding.attack))].sort()
  return {
    id: kind,
    name: kind.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: kind.replaceAll('-', ' ') },
    properties: { tags: attack.length > 0 ? ['security', ...attack] : ['network'] },
  }
}

function result(finding: Finding, ruleIndex: number, uri: string | undefined): object {
  const { kind, severity, summary, nextStep, key, evidence, displayFilter, costNs, confidence, attack } = finding
  const frames = evidence.frames.map((frame) => ({ fullyQualifiedName: `frame ${frame}`, kind: 'frame' }))
  return {
    ruleId: kind,
    ruleIndex,
    level: levels[severity],
    message: { text: `${summary}. Next: ${nextStep}` },
    locations: [
      {
        ...(uri === undefined ? {} : { physicalLocation: { artifactLocation: { uri, index: 0 } } }),
        logicalLocations: frames,
      },
    ],
    partialFingerprints: { 'pcapAnalyzerFinding/v1': key },
    properties: {
      severity,
      confidence,
      costNs,
      displayFilter,
      frames: evidence.frames,
      framesTotal: evidence.total,
      ...(attack.length > 0 ? { attack, 'security-severity': securitySeverity[severity] } : {}),
    },
  }
}
