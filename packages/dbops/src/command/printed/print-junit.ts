import type { Verdict } from '../outcome.ts'
import type { Printed, TargetResult } from './printed.ts'

/** JUnit's XML: a suite, or of several targets one for each. */
export function printJunit({ command, results }: Printed): string {
  const suites = results.flatMap((result) => suiteOf(command, result))
  const isKeyed = results[0].name !== null
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(isKeyed ? ['<testsuites>', ...suites, '</testsuites>'] : suites),
  ].join('\n')
}

function suiteOf(command: string, { name, outcome, error }: TargetResult): string[] {
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
  if (error !== undefined)
    cases.push(
      `  <testcase classname="${xml(command)}" name="${xml(command)}"><error type="${error.code}" message="${xml(error.message)}"/></testcase>`,
    )
  const skipped = count('skipped') + count('manual') + count('waived')
  const title = name === null ? `dbops ${command}` : `dbops ${command}: ${name}`
  const errors = error === undefined ? '' : ' errors="1"'
  const head = `<testsuite name="${xml(title)}" tests="${cases.length}" failures="${count('fail')}"${errors} skipped="${skipped}">`
  return [head, ...cases, '</testsuite>']
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
