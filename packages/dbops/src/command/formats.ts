import { DbopsError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import type { Check, Outcome, Verdict } from './outcome.ts'

/** The forms every command prints. */
export const formats = ['text', 'json', 'sarif', 'junit', 'nagios', 'prom'] as const
export type Format = (typeof formats)[number]

/** Version of the JSON form; grows when a field changes its meaning. */
export const JSON_SCHEMA_VERSION = 1

/** What is known around an outcome. */
export interface Printed {
  readonly command: string
  readonly target: string | null
  readonly outcome: Outcome
}

/** @throws {DbopsError} USAGE */
export function readFormat(text: string): Format {
  const found = formats.find((one) => one === text)
  if (found !== undefined) return found
  throw new DbopsError('USAGE', `format "${text}" is unknown`, { hint: `one of ${formats.join(', ')}` })
}

/** The text of an outcome in a form; ends with a line end. */
export function print(format: Format, printed: Printed): string {
  const printers: Record<Format, (printed: Printed) => string> = { text, json, sarif, junit, nagios, prom }
  return `${printers[format](printed).replace(/\n+$/, '')}\n`
}

const marks: Readonly<Record<Verdict, string>> = {
  pass: 'ok     ',
  fail: 'FAIL   ',
  warn: 'warn   ',
  skipped: 'skipped',
  waived: 'waived ',
  manual: 'manual ',
}

function text({ outcome }: Printed): string {
  if (outcome.text !== undefined) return outcome.text === '' ? outcome.summary : `${outcome.text}\n${outcome.summary}`
  const lines = (outcome.checks ?? []).flatMap(({ verdict, id, title, evidence, remediation }) => [
    `${marks[verdict]} ${id}: ${title}: ${evidence}`,
    ...(remediation !== undefined && (verdict === 'fail' || verdict === 'warn')
      ? [`          do: ${remediation}`]
      : []),
  ])
  return [...lines, outcome.summary].join('\n')
}

function json({ command, target, outcome }: Printed): string {
  const { summary, exitCode, checks = [], metrics = [], data = null } = outcome
  return JSON.stringify(
    { schemaVersion: JSON_SCHEMA_VERSION, command, target, summary, exitCode, checks, metrics, data },
    null,
    2,
  )
}

/** SARIF 2.1.0: what failed or warns, with its place in a file where it has one. */
function sarif({ outcome }: Printed): string {
  const found = (outcome.checks ?? []).filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
  const rules = [...new Map(found.map((check) => [check.id, check])).values()]
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: { name: 'dbops', rules: rules.map(({ id, title }) => ({ id, shortDescription: { text: title } })) },
          },
          results: found.map(({ id, title, verdict, evidence, location }) => ({
            ruleId: id,
            level: verdict === 'fail' ? 'error' : 'warning',
            message: { text: `${title}: ${evidence}` },
            locations: location === undefined ? [] : [sarifLocation(location)],
          })),
        },
      ],
    },
    null,
    2,
  )
}

function sarifLocation({ file, line }: NonNullable<Check['location']>): object {
  return { physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } } }
}

function junit({ command, outcome }: Printed): string {
  const checks = outcome.checks ?? []
  const count = (verdict: Verdict): number => checks.filter((check) => check.verdict === verdict).length
  const cases = checks.map(({ id, title, verdict, evidence }) => {
    const body =
      verdict === 'fail'
        ? `<failure message="${xml(evidence)}"/>`
        : verdict === 'skipped' || verdict === 'manual' || verdict === 'waived'
          ? `<skipped message="${xml(evidence)}"/>`
          : ''
    return `  <testcase classname="${xml(command)}" name="${xml(`${id} ${title}`)}">${body}</testcase>`
  })
  const skipped = count('skipped') + count('manual') + count('waived')
  const head = `<testsuite name="dbops ${xml(command)}" tests="${checks.length}" failures="${count('fail')}" skipped="${skipped}">`
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, '</testsuite>'].join('\n')
}

/** Characters that XML 1.0 cannot hold are replaced. */
function xml(value: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return Array.from(value, (one) => entities[one] ?? (isXmlCharacter(one.codePointAt(0) ?? 0) ? one : '\uFFFD')).join(
    '',
  )
}

function isXmlCharacter(code: number): boolean {
  return code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code !== 0xfffe && code !== 0xffff)
}

/** Exit codes of the form `nagios`: 0 fine, 1 warning, 2 critical, 3 unknown. */
export function nagiosExitCode(outcome: Outcome): ExitCode {
  if (outcome.exitCode !== EXIT_FINE) return 2
  return outcome.checks?.some(({ verdict }) => verdict === 'warn') === true ? 1 : 0
}

function nagios({ outcome }: Printed): string {
  const word = ['OK', 'WARNING', 'CRITICAL'][nagiosExitCode(outcome)]
  const data = (outcome.metrics ?? []).map(({ name, value, labels = {}, limit }) => {
    const label = [name, ...Object.values(labels)].join('_').replace(/[^A-Za-z0-9_]/g, '_')
    // a range of the plugin guidelines: `30:` warns below 30, `0.8` above it
    const edges = limit === undefined ? '' : `;${edge(limit.warn, limit)};${edge(limit.fail, limit)}`
    return `${label}=${value}${edges}`
  })
  return `DBOPS ${word} - ${outcome.summary.replaceAll('|', '/')}${data.length === 0 ? '' : ` | ${data.join(' ')}`}`
}

function edge(value: number, { warn, fail }: { readonly warn: number; readonly fail: number }): string {
  return fail < warn ? `${value}:` : String(value)
}

/** Prometheus text exposition format 0.0.4: the metrics, and each check as 1 (not failed) or 0. */
function prom({ command, outcome }: Printed): string {
  const byName = new Map<string, string[]>()
  const add = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number): void => {
    const lines = byName.get(name) ?? [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`]
    lines.push(`${name}${promLabels(labels)} ${value}`)
    byName.set(name, lines)
  }
  for (const { name, help, value, labels = {}, limit } of outcome.metrics ?? []) {
    add(name, help, labels, value)
    if (limit !== undefined) add(`${name}_warn_limit`, `${help}: from here on it is a warning`, labels, limit.warn)
    if (limit !== undefined) add(`${name}_fail_limit`, `${help}: from here on it fails`, labels, limit.fail)
  }
  for (const { id, tier, verdict } of outcome.checks ?? [])
    add('dbops_check_ok', 'Whether a check did not fail', { command, id, tier, verdict }, verdict === 'fail' ? 0 : 1)
  add('dbops_exit_code', 'How the command ended', { command }, outcome.exitCode)
  return [...byName.values()].flat().join('\n')
}

function promLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
