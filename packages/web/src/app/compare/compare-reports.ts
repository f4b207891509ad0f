import type { Finding, Report, Unit } from '@pcap-analyzer/engine'

/** A number of both reports. */
export type ComparedFigure = {
  readonly unit: Unit
  readonly before: number
  readonly after: number
} & (
  | { readonly section: null; readonly label: GeneralFigure }
  /** A fact, by its label, and the section that it stands in. */
  | { readonly section: string; readonly label: string }
)

export type GeneralFigure = 'health' | 'findings' | 'costs' | 'packets' | 'bytes' | 'duration'

/** Findings of the same rule and subject. */
export interface PairOfFindings {
  readonly before: Finding
  readonly after: Finding
}

export interface Comparison {
  readonly figures: readonly ComparedFigure[]
  readonly appeared: readonly Finding[]
  readonly gone: readonly Finding[]
  /** The one whose cost changed most first. */
  readonly both: readonly PairOfFindings[]
}

/** What differs between two reports; findings are the same when their keys are. */
export function compareReports(before: Report, after: Report): Comparison {
  const earlier = new Map(before.findings.map((finding) => [finding.key, finding]))
  const later = new Set(after.findings.map(({ key }) => key))
  const both = after.findings.flatMap((finding) => {
    const same = earlier.get(finding.key)
    return same === undefined ? [] : [{ before: same, after: finding }]
  })
  return {
    figures: [...generalFigures(before, after), ...factFigures(before, after)],
    appeared: after.findings.filter(({ key }) => !earlier.has(key)),
    gone: before.findings.filter(({ key }) => !later.has(key)),
    both: both.toSorted((a, b) => Math.abs(costChange(b)) - Math.abs(costChange(a))),
  }
}

/** How much more the later finding cost, in ns. */
export function costChange({ before, after }: PairOfFindings): number {
  return (after.costNs ?? 0) - (before.costNs ?? 0)
}

function generalFigures(before: Report, after: Report): ComparedFigure[] {
  const of = (label: GeneralFigure, unit: Unit, read: (report: Report) => number | null): ComparedFigure[] => {
    const [a, b] = [read(before), read(after)]
    return a === null || b === null ? [] : [{ label, section: null, unit, before: a, after: b }]
  }
  return [
    ...of('health', 'count', ({ health }) => health.score),
    ...of('findings', 'count', ({ findingCount }) => findingCount),
    ...of('costs', 'ns', ({ findings }) => findings.reduce((sum, { costNs }) => sum + (costNs ?? 0), 0)),
    ...of('packets', 'count', ({ capture }) => capture.packets),
    ...of('bytes', 'bytes', ({ capture }) => capture.wireBytes),
    ...of('duration', 'ns', ({ capture }) => capture.durationNs),
  ]
}

/** Numbers of both that differ. */
function factFigures(before: Report, after: Report): ComparedFigure[] {
  const earlier = new Map(
    before.sections.flatMap(({ id, facts }) => facts.map((fact) => [`${id} ${fact.key}`, fact] as const)),
  )
  return after.sections.flatMap(({ id, title, facts }) =>
    facts.flatMap(({ key, label, unit, value }) => {
      const same = earlier.get(`${id} ${key}`)
      if (typeof value !== 'number' || typeof same?.value !== 'number' || same.value === value) return []
      return [{ label, section: title, unit, before: same.value, after: value }]
    }),
  )
}
