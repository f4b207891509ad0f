import type { Check } from '../command/outcome.ts'

/** What a report is made of; all of it is escaped. */
export interface ReportContent {
  readonly title: string
  readonly target: string | null
  readonly at: Date
  readonly summary: string
  /** Held against the last report of its kind; null for the first one. */
  readonly since: string | null
  readonly attachments: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
  readonly checks: readonly Check[]
}

/** A report as Markdown, with a place for a signature. */
export function reportMarkdown({ title, target, at, summary, since, attachments, checks }: ReportContent): string {
  const cell = (text: string): string => text.replace(/[|\\`*_<>[\]]/g, '\\$&').replaceAll('\n', ' ')
  const rows = checks.map(
    ({ verdict, tier, id, title: what, evidence, references = [] }) =>
      `| ${verdict} | ${tier} | ${cell(id)} | ${cell(what)} | ${cell(evidence)} | ${cell(references.join(', '))} |`,
  )
  return [
    `# ${cell(title)}`,
    '',
    `${cell(target ?? 'no server')}, ${at.toISOString()}: ${cell(summary)}`,
    '',
    '| verdict | tier | check | what | evidence | controls |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...(since === null ? [] : [cell(since), '']),
    ...attachments.map(({ name, bytes, sha256 }) => `- evidence: ${cell(name)}, ${bytes} bytes, SHA-256 ${sha256}`),
    ...(attachments.length === 0 ? [] : ['']),
    'Reviewed by: ____________________  on: ____________',
    '',
  ].join('\n')
}

/** The same as one page without scripts and without anything from elsewhere. */
export function reportHtml({ title, target, at, summary, since, attachments, checks }: ReportContent): string {
  const rows = checks.map(
    ({ verdict, tier, id, title: what, evidence, references = [] }) =>
      `<tr class="${verdict}"><td>${verdict}<td>${tier}<td>${html(id)}<td>${html(what)}<td>${html(evidence)}<td>${html(references.join(', '))}</tr>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)}</title>
<style>body{font:15px/1.4 system-ui;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left}.fail td:first-child{background:#fbb}.warn td:first-child{background:#fe9}.pass td:first-child{background:#beb}</style>
<h1>${html(title)}</h1>
<p>${html(target ?? 'no server')}, ${at.toISOString()}: ${html(summary)}</p>
<table><thead><tr><th>verdict<th>tier<th>check<th>what<th>evidence<th>controls</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${since === null ? '' : `<p>${html(since)}</p>`}
${attachments.map(({ name, bytes, sha256 }) => `<p>Evidence: ${html(name)}, ${bytes} bytes, SHA-256 <code>${sha256}</code></p>`).join('\n')}
<p>Reviewed by: ____________________ on: ____________</p></html>
`
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
