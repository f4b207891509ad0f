import type { Finding, Report, Severity } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { countText, durationText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import type { SummaryWords } from '../words/summary-words.ts'
import type { Layout } from './layout.ts'

const MOST_FINDINGS = 10
const MOST_FRAMES = 8
/** Columns before the text of a finding: its number and severity. */
const INDENT = 4
const FINDING_LABEL_COLUMNS = 9
const MOST_CHARACTERS = 1000
const MOST_FILTER_CHARACTERS = 500

/** What is wrong, most costly first, each with its proof. */
export function findingsText(report: Report, layout: Layout): string {
  const { findings, findingCount, capture } = report
  const { style, words } = layout
  if (capture.packets === 0) return `${style.bold(words.labels.findings)}  ${words.noPackets}`
  if (findingCount === 0) {
    return `${style.bold(words.labels.findings)}  ${words.nothingFound(words.packets(capture.packets), report.sections.length)}`
  }
  const shown = layout.isFull ? findings : findings.slice(0, MOST_FINDINGS)
  const isCut = shown.length < findingCount
  const head = style.bold(words.head(shown.length, countText(findingCount), layout.isFull, isCut))
  return [head, ...shown.map((finding, i) => findingText(finding, i + 1, layout))].join('\n\n')
}

function findingText(finding: Finding, number: number, layout: Layout): string {
  const { columns, isFull, words } = layout
  const { labels } = words
  const line = (label: string, text: string) => labelled(label, text, FINDING_LABEL_COLUMNS, columns, INDENT)
  const severity = severityText(finding.severity, layout)
  const reasons = finding.hypotheses.filter(({ accepted }) => accepted || isFull)
  return [
    labelled(`${number}.`, `${severity}  ${safeText(finding.summary, MOST_CHARACTERS)}`, INDENT, columns),
    line(
      labels.cost,
      `${finding.costNs === null ? words.noCount : words.measure(durationText(finding.costNs))} ${words.confidence(words.confidences[finding.confidence], finding.view)}`,
    ),
    ...reasons.map(({ statement, accepted, because }) =>
      line(
        accepted ? labels.because : labels.ruledOut,
        `${safeText(statement, MOST_CHARACTERS)} (${safeText(because, MOST_CHARACTERS)})`,
      ),
    ),
    ...finding.limitedBy.map((reason) => line(labels.limited, safeText(reason, MOST_CHARACTERS))),
    line(labels.frames, framesText(finding, words)),
    ...filterLines(finding, layout),
    line(labels.next, safeText(finding.nextStep, MOST_CHARACTERS)),
  ]
    .join('\n')
    .replace(/ +$/gm, '')
}

/** The filter stands alone on its line and is never cut or broken, to be copied; one that would fill the screen is for --full. */
function filterLines({ displayFilter, evidence }: Finding, { columns, style, isFull, words }: Layout): string[] {
  const line = (text: string) => labelled(words.labels.filter, text, FINDING_LABEL_COLUMNS, columns, INDENT)
  if (displayFilter.length > MOST_FILTER_CHARACTERS && !isFull) return [line(words.longFilter(evidence.total))]
  return [line(''), `${' '.repeat(INDENT)}${style.cyan(safeText(displayFilter, Number.POSITIVE_INFINITY))}`]
}

function framesText({ evidence: { frames, total } }: Finding, words: SummaryWords): string {
  if (frames.length === 0) return words.evidenceByFilter(total)
  const shown = frames.slice(0, MOST_FRAMES)
  return `${shown.join(', ')}${shown.length < total ? ` …${words.shownOf(shown.length, countText(total))}` : ''}`
}

function severityText(severity: Severity, { style, words }: Layout): string {
  const word = words.severities[severity]
  if (severity === 'critical' || severity === 'high') return style.bold(style.red(word))
  if (severity === 'medium') return style.yellow(word)
  return severity === 'low' ? style.cyan(word) : style.dim(word)
}
