import { logsIn, type RoleKind, type RoleSpec } from './role-spec.ts'
import { mayDo, type Trial, type TrialResult, trials } from './role-trial.ts'

/** Whether a role may do something, and whether it could when it was tried. */
export interface MatrixCell {
  readonly role: string
  readonly isAllowed: boolean
  /** Null when it was not tried. */
  readonly wasAllowed: boolean | null
}

/** Everything that is tried against every role that logs in. */
export interface RoleMatrix {
  readonly roles: readonly { readonly name: string; readonly kind: RoleKind }[]
  readonly rows: readonly { readonly trial: Trial; readonly cells: readonly MatrixCell[] }[]
}

/** What the file declares, beside what came of it. */
export function roleMatrix({ roles }: RoleSpec, results: readonly TrialResult[] = []): RoleMatrix {
  const shown = roles.filter(({ kind }) => logsIn(kind)).map(({ name, kind }) => ({ name, kind }))
  return {
    roles: shown,
    rows: trials.map((trial) => ({
      trial,
      cells: shown.map(({ name, kind }) => ({
        role: name,
        isAllowed: mayDo(kind, trial),
        wasAllowed: results.find((result) => result.role === name && result.trial === trial)?.isAllowed ?? null,
      })),
    })),
  }
}

function word({ isAllowed, wasAllowed }: MatrixCell): string {
  const declared = isAllowed ? 'yes' : 'no'
  return wasAllowed === null || wasAllowed === isAllowed
    ? declared
    : `${declared}, but was ${wasAllowed ? 'let' : 'refused'}`
}

/** Columns as wide as what they hold. */
export function matrixText({ roles, rows }: RoleMatrix): string {
  const lines = [['', ...roles.map(({ name }) => name)], ...rows.map(({ trial, cells }) => [trial, ...cells.map(word)])]
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function matrixMarkdown({ roles, rows }: RoleMatrix): string {
  const escaped = (text: string): string => text.replace(/[|\\`*_<>[\]]/g, '\\$&').replaceAll('\n', ' ')
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
  return [
    line(['attempt', ...roles.map(({ name, kind }) => `${name} (${kind})`)]),
    `| --- |${roles.map(() => ' --- |').join('')}`,
    ...rows.map(({ trial, cells }) => line([trial, ...cells.map(word)])),
    '',
  ].join('\n')
}

/** A page of its own, without scripts and without anything from elsewhere. */
export function matrixHtml({ roles, rows }: RoleMatrix, title: string): string {
  const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
  const cell = (one: MatrixCell): string => `<td class="${classOf(one)}">${escaped(word(one))}</td>`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>body{font:15px/1.4 system-ui;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left}.yes{background:#beb}.no{color:#555}.wrong{background:#fbb}</style>
<h1>${escaped(title)}</h1>
<table><thead><tr><th scope="col">attempt</th>${roles.map(({ name, kind }) => `<th scope="col">${escaped(name)} (${kind})</th>`).join('')}</tr></thead><tbody>
${rows.map(({ trial, cells }) => `<tr><th scope="row">${trial}</th>${cells.map(cell).join('')}</tr>`).join('\n')}
</tbody></table></html>
`
}

function classOf({ isAllowed, wasAllowed }: MatrixCell): string {
  if (wasAllowed !== null && wasAllowed !== isAllowed) return 'wrong'
  return isAllowed ? 'yes' : 'no'
}
