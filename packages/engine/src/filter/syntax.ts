/** Where in the filter something stands, for messages. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** Bytes of a slice: from `start` (negative counts from the end), `length` bytes; null to the end. */
export interface SliceRange {
  readonly start: number
  readonly length: number | null
}

/** What stands on a side of a comparison. */
export type Operand = Place &
  (
    | { readonly is: 'field'; readonly name: string }
    | { readonly is: 'literal'; readonly text: string; readonly isQuoted: boolean }
    | { readonly is: 'slice'; readonly of: Operand; readonly ranges: readonly SliceRange[] }
    | { readonly is: 'call'; readonly name: string; readonly argument: Operand }
    | { readonly is: 'and'; readonly left: Operand; readonly right: Operand }
  )

export type Relation = '==' | '!=' | '===' | '!==' | '>' | '<' | '>=' | '<=' | 'contains' | 'matches'

/** An element of a set: one value, or both ends of a range. */
export type SetElement = readonly [Operand] | readonly [Operand, Operand]

/** A filter as it was written. */
export type Test = Place &
  (
    | { readonly is: 'exists'; readonly operand: Operand }
    | {
        readonly is: 'compare'
        readonly relation: Relation
        /** Null: as the relation has it. */
        readonly quantifier: 'any' | 'all' | null
        readonly left: Operand
        readonly right: Operand
      }
    | { readonly is: 'in'; readonly left: Operand; readonly set: readonly SetElement[] }
    | { readonly is: 'not'; readonly test: Test }
    | { readonly is: 'both' | 'either' | 'one'; readonly left: Test; readonly right: Test }
  )
