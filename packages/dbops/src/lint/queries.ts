import type { Check } from '../command/outcome.ts'

const verb = String.raw`(?:select\s+[\s\S]{1,80}?\bfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|alter\s+(?:role|user|table)|create\s+(?:role|user)|drop\s+\w+)\b`

/** SQL put together from strings with values in it, by language; each match begins where the string does. */
const patterns: readonly (readonly [files: RegExp, pattern: RegExp, how: string])[] = [
  [
    /\.py$/,
    new RegExp(String.raw`\b[fF][rR]?("""|'''|"|')(?=\s*${verb})(?:(?!\1)[\s\S])*?\{(?!\{)[^}]+\}`, 'gi'),
    'an f-string',
  ],
  [
    /\.py$/,
    new RegExp(String.raw`("""|'''|"|')(?=\s*${verb})(?:(?!\1)[\s\S])*?%[sd](?:(?!\1)[\s\S])*?\1\s*%\s*[\w(]`, 'gi'),
    'the operator %',
  ],
  [
    /\.py$/,
    new RegExp(String.raw`("""|'''|"|')(?=\s*${verb})(?:(?!\1)[\s\S])*?\{\w*\}(?:(?!\1)[\s\S])*?\1\s*\.format\(`, 'gi'),
    'format()',
  ],
  [
    /\.[cm]?[jt]sx?$/,
    new RegExp(String.raw`(?<![\w\]]|sql)${'`'}(?=\s*${verb})[^${'`'}]*?\$\{(?<value>[^}]+)\}`, 'gi'),
    'a template string',
  ],
  [
    /\.([cm]?[jt]sx?|py|java|go)$/,
    new RegExp(String.raw`("|')(?=\s*${verb})(?:(?!\1)[^\n])*\1\s*\+\s*(?!["'])[A-Za-z_]`, 'gi'),
    'the operator +',
  ],
]

/** Finds SQL that is put together from strings; a tagged template, a quoting function or a constant in capitals is none. */
export function lintQueries(text: string, file: string): Check[] {
  const found: Check[] = []
  for (const [files, pattern, how] of patterns) {
    if (!files.test(file)) continue
    for (const match of text.matchAll(pattern)) {
      if (isQuoted(match.groups?.value ?? '')) continue
      const line = text.slice(0, match.index).split('\n').length
      if (/dbops:allow\s+\S+/.test(text.split('\n')[line - 1])) continue
      found.push({
        id: 'queries.built',
        title: 'values travel as parameters',
        verdict: 'fail',
        tier: 'critical',
        evidence: `${file}:${line}: SQL with values put in by ${how}`,
        location: { file, line },
        remediation: 'use parameters: $1 in PostgreSQL drivers of Node, %s with a tuple in Python',
      })
    }
  }
  return found
}

/** A constant in capitals, or something that quotes. */
function isQuoted(value: string): boolean {
  return /^\s*([A-Z][A-Z0-9_]*\s*$|quote|ident|sql|raw|escape)/.test(value)
}
