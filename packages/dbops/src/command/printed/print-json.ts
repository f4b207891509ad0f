import type { Printed, TargetResult } from './printed.ts'

/** Version of the JSON form; grows when a field changes its meaning. */
export const JSON_SCHEMA_VERSION = 1

/** One object; of several targets `targets` holds one by each name. */
export function printJson({ command, exitCode, results }: Printed): string {
  const [first] = results
  const value =
    first.name === null
      ? resultOf(first)
      : { exitCode, targets: Object.fromEntries(results.map((result) => [result.name, resultOf(result)])) }
  return JSON.stringify({ schemaVersion: JSON_SCHEMA_VERSION, command, ...value }, null, 2)
}

function resultOf({ target, outcome, error }: TargetResult): object {
  const { summary, exitCode, checks = [], metrics = [], data = null } = outcome
  return error === undefined ? { target, summary, exitCode, checks, metrics, data } : { target, exitCode, error }
}
