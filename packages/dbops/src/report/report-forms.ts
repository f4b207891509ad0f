import { type ReportContent, reportHtml, reportMarkdown } from './report-page.ts'

/** The forms of a report by the end of the name of its file. */
export const reportForms = {
  '.html': reportHtml,
  '.md': reportMarkdown,
  '.csv': reportCsv,
  '.json': reportJson,
} as const

/** One line a check (RFC 4180); what a spreadsheet would take for a formula is put in quotes of text. */
function reportCsv({ checks }: ReportContent): string {
  const rows = checks.map(({ verdict, tier, id, title, evidence, references = [] }) => [
    verdict,
    tier,
    id,
    title,
    evidence,
    references.join(', '),
  ])
  return [['verdict', 'tier', 'check', 'what', 'evidence', 'controls'], ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('')
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function reportJson({ at, ...content }: ReportContent): string {
  return `${JSON.stringify({ schemaVersion: 1, at: at.toISOString(), ...content }, null, 2)}\n`
}
