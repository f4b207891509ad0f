import type { Conclusion, Evidence } from '../finding.ts'
import { type Coverage, coverages, partsOf } from './coverages.ts'

/** Findings of which none tells again what another tells with the cause. */
export interface CountedOnce {
  readonly conclusions: Conclusion[]
  /** All kinds that were concluded: what is not told on its own was seen nevertheless. */
  readonly kinds: ReadonlySet<string>
}

/**
 * Counts each phenomenon once. A sum stays for reading, without severity or cost, where a finding with the cause says the same; what is
 * wrong on its own, such as a service that is down because somebody scans, is dropped. O(n · m), m the findings that cover others.
 */
export function countOnce(conclusions: readonly Conclusion[]): CountedOnce {
  const byKind = Map.groupBy(conclusions, ({ kind }) => kind)
  return { kinds: new Set(byKind.keys()), conclusions: conclusions.flatMap((one) => standing(one, byKind)) }
}

function standing(conclusion: Conclusion, byKind: ReadonlyMap<string, readonly Conclusion[]>): Conclusion[] {
  const applies = (coverage: Coverage) => {
    const others = coverage.by.flatMap((kind) => byKind.get(kind) ?? [])
    return others.length > 0 && (coverage.when?.(conclusion, others) ?? true)
  }
  const found = coverages.filter((coverage) => coverage.kinds.includes(conclusion.kind) && applies(coverage))
  if (found.length === 0) return [withoutSharedCost(conclusion, byKind)]
  return found.some(({ isWrong }) => isWrong) ? [] : [{ ...conclusion, severity: 'info', costNs: null }]
}

/** A sum of which other findings tell a part costs what they leave of it. */
function withoutSharedCost(conclusion: Conclusion, byKind: ReadonlyMap<string, readonly Conclusion[]>): Conclusion {
  const { kind, costNs, evidence } = conclusion
  if (costNs === null) return conclusion
  const parts = (partsOf[kind] ?? [])
    .flatMap((other) => byKind.get(other) ?? [])
    .filter((part) => isWithin(part, evidence))
  const sharedNs = parts.reduce((sum, part) => sum + (part.costNs ?? 0), 0)
  return sharedNs === 0 ? conclusion : { ...conclusion, costNs: costNs > sharedNs ? costNs - sharedNs : null }
}

function isWithin({ evidence: { frames, total } }: Conclusion, whole: Evidence): boolean {
  return frames.length === total && total > 0 && frames.every((frame) => whole.frames.includes(frame))
}
