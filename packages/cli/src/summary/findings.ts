import type { Finding, Report, Severity } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import type { Style } from '../terminal/style.ts'
import { countText, durationText, pluralText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { Layout } from './layout.ts'

const MOST_FINDINGS = 10
const MOST_FRAMES = 8
/** Columns before the text of a finding: its number and severity. */
const INDENT = 4
const FINDING_LABEL_COLUMNS = 9
const MOST_CHARACTERS = 1000

/** What is wrong, most costly first, each with its proof. */
export function findingsText(report: Report, layout: Layout): string {
  const { findings, findingCount, capture } = report
  const { style } = layout
  if (capture.packets === 0) return `${style.bold('Findings')}  the capture holds no packets: nothing can be said`
  if (findingCount === 0) {
    return `${style.bold('Findings')}  no problem found in ${pluralText(capture.packets, 'packet')} (${pluralText(report.sections.length, 'analyzer')} looked)`
  }
  const shown = layout.isFull ? findings : findings.slice(0, MOST_FINDINGS)
  const cut =
    shown.length < findingCount
      ? ` (${shown.length} of ${countText(findingCount)}; ${layout.isFull ? 'the report is capped' : '--full or the report has more'})`
      : ''
  const head = style.bold(`Findings, most costly first${cut}`)
  return [head, ...shown.map((finding, i) => findingText(finding, i + 1, layout))].join('\n\n')
}

function findingText(finding: Finding, number: number, layout: Layout): string {
  const { columns, style, isFull } = layout
  const line = (label: string, text: string) => labelled(label, text, FINDING_LABEL_COLUMNS, columns, INDENT)
  const severity = severityText(finding.severity, style)
  const view =
    finding.view === null
      ? ''
      : `, numbers as ${finding.view === 'ours' ? 'we' : 'tshark 4.0.17'} count${finding.view === 'ours' ? '' : 's'}`
  const reasons = finding.hypotheses.filter(({ accepted }) => accepted || isFull)
  return [
    labelled(`${number}.`, `${severity}  ${safeText(finding.summary, MOST_CHARACTERS)}`, INDENT, columns),
    line(
      'cost',
      `${finding.costNs === null ? 'none that could be counted' : durationText(finding.costNs)} (confidence ${finding.confidence}${view})`,
    ),
    ...reasons.map(({ statement, accepted, because }) =>
      line(
        accepted ? 'because' : 'not',
        `${safeText(statement, MOST_CHARACTERS)} (${safeText(because, MOST_CHARACTERS)})`,
      ),
    ),
    ...finding.limitedBy.map((reason) => line('limited', safeText(reason, MOST_CHARACTERS))),
    line('frames', framesText(finding)),
    line('filter', ''),
    // alone on its line and never cut or broken, to be copied
    `${' '.repeat(INDENT)}${style.cyan(safeText(finding.displayFilter, Number.POSITIVE_INFINITY))}`,
    line('next', safeText(finding.nextStep, MOST_CHARACTERS)),
  ]
    .join('\n')
    .replace(/ +$/gm, '')
}

function framesText({ evidence: { frames, total } }: Finding): string {
  if (frames.length === 0) return `${pluralText(total, 'piece')} of evidence, by the filter`
  const shown = frames.slice(0, MOST_FRAMES)
  return `${shown.join(', ')}${shown.length < total ? ` … (${shown.length} of ${countText(total)})` : ''}`
}

function severityText(severity: Severity, style: Style): string {
  const word = severity.toUpperCase()
  if (severity === 'critical' || severity === 'high') return style.bold(style.red(word))
  if (severity === 'medium') return style.yellow(word)
  return severity === 'low' ? style.cyan(word) : style.dim(word)
}
