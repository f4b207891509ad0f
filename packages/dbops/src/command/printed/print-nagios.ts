import { EXIT_FINE } from '../../exit-codes.ts'
import type { Metric, Outcome } from '../outcome.ts'
import type { Printed, TargetResult } from './printed.ts'
import { visible } from './visible.ts'

/** States of the plugin guidelines, which are their exit codes. */
type NagiosState = 0 | 1 | 2 | 3

/** What the form says when the command came to no end. */
export const NAGIOS_UNKNOWN = 3
const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
/** From good to bad: what is known to be critical counts for more than what is not known. */
const severities: readonly NagiosState[] = [0, 1, NAGIOS_UNKNOWN, 2]

/** Exit codes of the form `nagios`: 0 fine, 1 warning, 2 critical, 3 unknown; of several targets the worst. */
export function nagiosExitCode(results: readonly TargetResult[]): NagiosState {
  return severities[Math.max(...results.map((result) => severities.indexOf(stateOf(result))))]
}

/** One line, with the numbers as performance data. */
export function printNagios({ results }: Printed): string {
  const summaries = results.map(({ name, outcome: { summary } }) => (name === null ? summary : `${name}: ${summary}`))
  const data = results.flatMap(({ name, outcome }) =>
    (outcome.metrics ?? []).map((metric) => performance(name, metric)),
  )
  const line = `DBOPS ${words[nagiosExitCode(results)]} - ${visible(summaries.join('; ').replaceAll('|', '/').replaceAll('\n', ' '))}`
  return data.length === 0 ? line : `${line} | ${data.join(' ')}`
}

function stateOf({ outcome, error }: TargetResult): NagiosState {
  return error === undefined ? stateOfOutcome(outcome) : NAGIOS_UNKNOWN
}

function stateOfOutcome({ exitCode, checks = [] }: Outcome): NagiosState {
  if (exitCode !== EXIT_FINE) return 2
  return checks.some(({ verdict }) => verdict === 'warn') ? 1 : 0
}

function performance(target: string | null, { name, value, labels = {}, limit }: Metric): string {
  const parts = [...(target === null ? [] : [target]), name, ...Object.values(labels)]
  const label = parts.join('_').replace(/[^A-Za-z0-9_]/g, '_')
  // a range of the plugin guidelines: `30:` warns below 30, `0.8` above it
  const edges = limit === undefined ? '' : `;${edge(limit.warn, limit)};${edge(limit.fail, limit)}`
  return `${label}=${value}${edges}`
}

function edge(value: number, { warn, fail }: { readonly warn: number; readonly fail: number }): string {
  return fail < warn ? `${value}:` : String(value)
}
