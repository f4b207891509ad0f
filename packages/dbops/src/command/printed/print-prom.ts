import type { Printed } from './printed.ts'

type Labels = Readonly<Record<string, string>>

/** Prometheus text exposition format 0.0.4: the metrics, and each check as 1 (not failed) or 0; several targets are told apart by a label. */
export function printProm({ command, results }: Printed): string {
  const byName = new Map<string, string[]>()
  for (const { name: target, outcome } of results) {
    const own: Labels = target === null ? {} : { target }
    const add = (name: string, help: string, labels: Labels, value: number): void => {
      const lines = byName.get(name) ?? [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`]
      lines.push(`${name}${labelled({ ...labels, ...own })} ${value}`)
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
  }
  return [...byName.values()].flat().join('\n')
}

function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
