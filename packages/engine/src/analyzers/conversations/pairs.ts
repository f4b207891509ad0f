import { compareText } from '../support/bounded-map.ts'

/** Pairs kept when there are {@link MOST_PAIRS}: those with the most bytes. */
const KEPT_PAIRS = 1 << 12
/** Pairs told apart; at so many, those with fewer bytes are counted together. */
const MOST_PAIRS = 1 << 14

/** Flows between two hosts; `a` is the smaller text. */
export interface Pair {
  a: string
  b: string
  flows: number
  framesAToB: number
  bytesAToB: number
  framesBToA: number
  bytesBToA: number
}

/** Every pair; exact and independent of the order until {@link MOST_PAIRS} of them are known. */
export interface PairTotals {
  /** By `a`, then by `b`; a pair stands alone while its `a` has no other. */
  byFirst: Map<string, Pair | Map<string, Pair>>
  count: number
  /** Flows of pairs that did not fit any more. */
  flowsBeyond: number
  /** Objects of pairs that were given up, to be used again: made anew they would fill the heap with what lived for a while. */
  spare: Pair[]
}

export function newPairs(): PairTotals {
  return { byFirst: new Map(), count: 0, flowsBeyond: 0, spare: [] }
}

/** Adds flows of a pair whose `a` is the smaller text. Makes no text and, for a known pair, no object. */
export function addToPair(
  totals: PairTotals,
  a: string,
  b: string,
  flows: number,
  framesAToB: number,
  bytesAToB: number,
  framesBToA: number,
  bytesBToA: number,
): void {
  const pair = findPair(totals, a, b) ?? put(totals, a, b)
  pair.flows += flows
  pair.framesAToB += framesAToB
  pair.bytesAToB += bytesAToB
  pair.framesBToA += framesBToA
  pair.bytesBToA += bytesBToA
}

/** Commutative and associative until there are too many pairs. */
export function mergePairs(into: PairTotals, from: PairTotals): void {
  into.flowsBeyond += from.flowsBeyond
  for (const { a, b, flows, framesAToB, bytesAToB, framesBToA, bytesBToA } of pairsOf(from))
    addToPair(into, a, b, flows, framesAToB, bytesAToB, framesBToA, bytesBToA)
}

/** All pairs that are told apart. */
export function pairsOf(totals: PairTotals): Pair[] {
  const pairs: Pair[] = []
  for (const known of totals.byFirst.values()) {
    if (known instanceof Map) for (const pair of known.values()) pairs.push(pair)
    else pairs.push(known)
  }
  return pairs
}

/** Order of the pairs with the most bytes, equal ones by their hosts. */
export function byBytes(one: Pair, other: Pair): number {
  const bytes = other.bytesAToB + other.bytesBToA - one.bytesAToB - one.bytesBToA
  return bytes || compareText(one.a, other.a) || compareText(one.b, other.b)
}

function findPair({ byFirst }: PairTotals, a: string, b: string): Pair | null {
  const known = byFirst.get(a)
  if (known === undefined) return null
  if (known instanceof Map) return known.get(b) ?? null
  return known.b === b ? known : null
}

/** Takes up a pair that is not known yet. */
function put(totals: PairTotals, a: string, b: string): Pair {
  if (totals.count >= MOST_PAIRS) dropSmallPairs(totals)
  const { byFirst, spare } = totals
  const pair = spare.pop() ?? { a, b, flows: 0, framesAToB: 0, bytesAToB: 0, framesBToA: 0, bytesBToA: 0 }
  pair.a = a
  pair.b = b
  const known = byFirst.get(a)
  if (known === undefined) byFirst.set(a, pair)
  else if (known instanceof Map) known.set(b, pair)
  else byFirst.set(a, new Map([[known.b, known]]).set(b, pair))
  totals.count++
  return pair
}

/** Makes room: pairs with fewer bytes are only counted. O(n log n), once in so many pairs. */
function dropSmallPairs(totals: PairTotals): void {
  const { byFirst, spare } = totals
  const pairs = pairsOf(totals).sort(byBytes)
  for (let i = KEPT_PAIRS; i < pairs.length; i++) {
    const pair = pairs[i]
    const known = byFirst.get(pair.a)
    if (known instanceof Map && known.size > 1) known.delete(pair.b)
    else byFirst.delete(pair.a)
    totals.flowsBeyond += pair.flows
    pair.flows = 0
    pair.framesAToB = 0
    pair.bytesAToB = 0
    pair.framesBToA = 0
    pair.bytesBToA = 0
    spare.push(pair)
  }
  totals.count = Math.min(totals.count, KEPT_PAIRS)
}
