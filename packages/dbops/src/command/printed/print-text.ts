import type { Outcome, Verdict } from '../outcome.ts'
import type { Printed } from './printed.ts'
import { visible, visiblePart } from './visible.ts'

const marks: Readonly<Record<Verdict, string>> = {
  pass: 'ok     ',
  fail: 'FAIL   ',
  warn: 'warn   ',
  skipped: 'skipped',
  waived: 'waived ',
  manual: 'manual ',
}

/** For people; of several targets each under its name. */
export function printText({ results }: Printed): string {
  return results
    .map(({ name, target, outcome }) =>
      name === null ? textOf(outcome) : `== ${name}${target === null ? '' : `  ${target}`}\n${textOf(outcome)}`,
    )
    .join('\n\n')
}

function textOf({ text, checks = [], summary }: Outcome): string {
  const last = visiblePart(summary)
  if (text !== undefined) return text === '' ? last : `${visible(text)}\n${last}`
  const lines = checks.flatMap(({ verdict, id, title, evidence, remediation }) => [
    `${marks[verdict]} ${id}: ${visiblePart(`${title}: ${evidence}`)}`,
    ...(remediation !== undefined && (verdict === 'fail' || verdict === 'warn')
      ? [`          do: ${visiblePart(remediation)}`]
      : []),
  ])
  return [...lines, last].join('\n')
}
