import type { Verdict } from './demands.ts'
import type { Measurement } from './measure.ts'

/** What each program took on one file, as lines of a Markdown table. */
export function measurementTable(title: string, measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, cpuSeconds, wallSeconds, peakMiB, failed, runs }) => [
    failed === 0 ? name : `${name} (${failed} of ${runs} FAILED)`,
    cpuSeconds.median.toFixed(2),
    `${cpuSeconds.min.toFixed(2)}-${cpuSeconds.max.toFixed(2)}`,
    wallSeconds.toFixed(2),
    peakMiB.toFixed(0),
    String(runs),
  ])
  return `\n## ${title}\n\n${table(['program', 'CPU s', 'min-max', 'wall s', 'peak MiB', 'runs'], rows)}`
}

/** ns per packet of each stage and of all stages up to it. */
export function stageTable(
  title: string,
  totals: readonly { stage: string; after: string | null; ns: number }[],
): string {
  const nsOf = new Map(totals.map(({ stage, ns }) => [stage, ns]))
  const rows = totals.map(({ stage, after, ns }) => [
    stage,
    Math.round(ns - (after === null ? 0 : (nsOf.get(after) ?? 0))).toString(),
    Math.round(ns).toString(),
  ])
  return `\n## ${title}\n\n${table(['stage', 'ns/packet', 'with all before'], rows)}`
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const word = (isMet: boolean | null) => (isMet === null ? '-' : isMet ? 'PASS' : 'FAIL')
  const rows = verdicts.map(({ demand, found, isMet }) => [demand, found, word(isMet)])
  return `\n## Demands\n\n${table(['demand', 'found', ''], rows)}`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, i) => Math.max(head.length, 3, ...rows.map((row) => row[i].length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
