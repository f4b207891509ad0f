import type { Finding, Report } from '@pcap-analyzer/engine'
import { countText, durationText, pluralText, timeText } from '@pcap-analyzer/viewer/format'
import type { Form } from '../form.ts'
import { captureName, factOf } from '../report-parts.ts'
import { markdownCode, markdownText } from './markdown-text.ts'

/** A summary for a ticket or a message. */
export const markdown: Form = {
  id: 'markdown',
  description: 'a summary for a ticket: verdict, findings, what was not seen',
  files: (report) => [{ name: 'report.md', content: markdownReport(report) }],
}

function markdownReport(report: Report): string {
  const { quality, health, notSeen, findings, findingCount } = report
  const cut = findings.length < findingCount ? ` (${findings.length} of ${countText(findingCount)})` : ''
  const blocks = [
    `# ${markdownText(captureName(report.capture))}`,
    captureLine(report),
    [
      `- **Health**: ${markdownText(health.text)}`,
      `- **Capture**: ${markdownText(quality.verdict)}`,
      ...timeLine(report),
    ].join('\n'),
    `## Findings${cut}`,
    ...(findings.length === 0
      ? [`No problem found in ${pluralText(report.capture.packets, 'packet')}.`]
      : findings.map(findingBlock)),
    ...(notSeen.length === 0 ? [] : ['## Not seen', notSeen.map(({ text }) => `- ${markdownText(text)}`).join('\n')]),
    ...(quality.advice.length === 0
      ? []
      : ['## For a better capture', quality.advice.map(({ text }) => `- ${markdownText(text)}`).join('\n')]),
    `---\n${report.engine.name} ${markdownText(report.engine.version)}`,
  ]
  return `${blocks.join('\n\n')}\n`
}

function captureLine({ capture }: Report): string {
  const span = capture.earliestTime === null ? '' : `, from ${timeText(capture.earliestTime)}`
  return `${pluralText(capture.packets, 'packet')}, ${countText(capture.wireBytes)} bytes on the wire, ${durationText(capture.durationNs)}${markdownText(span)}`
}

function timeLine(report: Report): string[] {
  const waitedNs = factOf(report, 'latency', 'waitedNs')
  const verdict = factOf(report, 'latency', 'verdict')
  if (typeof waitedNs !== 'number' || typeof verdict !== 'string') return []
  return [`- **Where the time went**: ${durationText(waitedNs)} waited: ${markdownText(verdict)}`]
}

function findingBlock(finding: Finding, index: number): string {
  const { severity, summary, costNs, confidence, evidence, hypotheses, limitedBy, nextStep, displayFilter } = finding
  const cost = costNs === null ? 'no cost that could be counted' : `cost ${durationText(costNs)}`
  const frames = evidence.frames.slice(0, 8).join(', ')
  const lines = [
    `### ${index + 1}. ${severity.toUpperCase()}: ${markdownText(summary)}`,
    '',
    `- ${cost}, confidence ${confidence}`,
    ...hypotheses.map(
      ({ statement, accepted, because }) =>
        `- ${accepted ? 'because' : 'not'}: ${markdownText(statement)} (${markdownText(because)})`,
    ),
    ...limitedBy.map((reason) => `- limited: ${markdownText(reason)}`),
    `- frames: ${frames === '' ? 'by the filter' : frames}${Math.min(8, evidence.frames.length) < evidence.total ? ` … (${Math.min(8, evidence.frames.length)} of ${countText(evidence.total)})` : ''}`,
    `- filter: ${markdownCode(displayFilter)}`,
    `- next: ${markdownText(nextStep)}`,
  ]
  return lines.join('\n')
}
