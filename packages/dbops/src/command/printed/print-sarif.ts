import type { Check } from '../outcome.ts'
import type { Printed, TargetResult } from './printed.ts'

/** SARIF 2.1.0: what failed or warns, with its place in a file where it has one; of several targets a run for each. */
export function printSarif({ command, results }: Printed): string {
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: results.map((result) => runOf(command, result)),
    },
    null,
    2,
  )
}

function runOf(command: string, { name, outcome, error }: TargetResult): object {
  const found = (outcome.checks ?? []).filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
  const rules = [...new Map(found.map((check) => [check.id, check])).values()]
  const failure = error === undefined ? [] : [{ level: 'error', message: { text: `${error.code}: ${error.message}` } }]
  return {
    tool: {
      driver: { name: 'dbops', rules: rules.map(({ id, title }) => ({ id, shortDescription: { text: title } })) },
    },
    ...(name === null ? {} : { automationDetails: { id: `dbops ${command}/${name}/` } }),
    ...(error === undefined
      ? {}
      : { invocations: [{ executionSuccessful: false, toolExecutionNotifications: failure }] }),
    results: found.map(({ id, title, verdict, evidence, location }) => ({
      ruleId: id,
      level: verdict === 'fail' ? 'error' : 'warning',
      message: { text: `${title}: ${evidence}` },
      locations: location === undefined ? [] : [placeOf(location)],
    })),
  }
}

function placeOf({ file, line }: NonNullable<Check['location']>): object {
  return { physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } } }
}
