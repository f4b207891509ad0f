import type { CheckedFacts } from './checked-facts.ts'

/** One frame of which the two say different things; null where a side says nothing. */
export interface Difference {
  readonly field: string
  readonly frame: number
  readonly ours: string | null
  readonly tshark: string | null
}

/** How one field compares over the whole capture. */
export interface FieldComparison {
  readonly field: string
  readonly same: number
  readonly onlyOurs: number
  readonly onlyTshark: number
  readonly otherValue: number
}

/** Every disagreement, by field and then frame, and the count of each field. */
export function compareFacts(
  ours: CheckedFacts,
  tshark: CheckedFacts,
): { fields: FieldComparison[]; differences: Difference[] } {
  const fields: FieldComparison[] = []
  const differences: Difference[] = []
  for (const [field, theirs] of tshark.fields) {
    const own = ours.fields.get(field) ?? new Map<number, string>()
    const count = { field, same: 0, onlyOurs: 0, onlyTshark: 0, otherValue: 0 }
    for (const frame of [...new Set([...own.keys(), ...theirs.keys()])].sort((a, b) => a - b)) {
      const difference = { field, frame, ours: own.get(frame) ?? null, tshark: theirs.get(frame) ?? null }
      if (difference.ours === difference.tshark) {
        count.same++
        continue
      }
      differences.push(difference)
      if (difference.tshark === null) count.onlyOurs++
      else if (difference.ours === null) count.onlyTshark++
      else count.otherValue++
    }
    fields.push(count)
  }
  return { fields, differences }
}
