import type { Report } from '@pcap-analyzer/engine'
import type { ReportFile } from '../analyze/write-report.ts'
import { safeText } from '../terminal/safe-text.ts'
import { bytesText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import { incompleteLines } from './completeness.ts'
import { findingsText } from './findings.ts'
import { healthLines, notSeenText } from './health.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'
import { overviewLines } from './overview.ts'
import { qualityLines } from './quality.ts'
import { sectionText } from './sections.ts'
import { tcpViewLines } from './tcp-views.ts'
import { timeBudgetLines } from './time-budget.ts'

/** What a person reads at one glance: the capture, what it can support, what is wrong, how far it was read, where the report is. */
export function summaryText(report: Report, written: readonly ReportFile[], layout: Layout): string {
  const blocks = [
    [...overviewLines(report, layout), ...tcpViewLines(report, layout)].join('\n'),
    [...timeBudgetLines(report, layout), ...qualityLines(report, layout), ...healthLines(report, layout)].join('\n'),
    findingsText(report, layout),
    notSeenText(report, layout),
    ...(layout.isFull ? report.sections.map((section) => sectionText(section, layout)) : []),
    incompleteBlock(report, layout),
    writtenLines(written, layout),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function incompleteBlock(report: Report, { columns, style, words }: Layout): string {
  const lines = incompleteLines(report.capture, words)
  if (lines.length === 0) return ''
  return [style.bold(words.labels.notComplete), ...lines.map((line) => labelled('-', line, 2, columns, 2))].join('\n')
}

function writtenLines(written: readonly ReportFile[], { columns, words }: Layout): string {
  return written
    .map(({ path, bytes }) =>
      labelled(
        words.labels.report,
        `${safeText(path, 4096)} (${words.measure(bytesText(bytes))})`,
        LABEL_COLUMNS,
        columns,
      ),
    )
    .join('\n')
}
