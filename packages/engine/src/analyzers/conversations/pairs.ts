import type { Flow } from '../../flow/flow.ts'
import { compareText, first } from '../support/bounded-map.ts'

/** Pairs kept when there are {@link MOST_PAIRS}: those with the most bytes. */
const KEPT_PAIRS = 1 << 12
/** Pairs told apart; at so many, those with fewer bytes are counted together. */
const MOST_PAIRS = 1 << 14
const FIRST_PAIRS = 1 << 8

// Sums of a pair, as offsets in its record.
const FLOWS = 0
const FRAMES_A_TO_B = 1
const BYTES_A_TO_B = 2
const FRAMES_B_TO_A = 3
const BYTES_B_TO_A = 4
const SUMS = 5

/** Flows between two hosts; `a` is the smaller text. */
export interface Pair {
  readonly a: string
  readonly b: string
  readonly flows: number
  readonly framesAToB: number
  readonly bytesAToB: number
  readonly framesBToA: number
  readonly bytesBToA: number
}

/**
 * Every pair; exact and independent of the order until {@link MOST_PAIRS} of them are known. Columns instead of an object a pair: there
 * are as many as flows, and nearly all of them are out of the cache when a flow ends.
 */
export interface PairTotals {
  count: number
  /** By pair: its addresses, their hash, and its sums, {@link SUMS} each. */
  a: string[]
  b: string[]
  hashes: Int32Array
  sums: Float64Array
  /** Open addressing with linear probing: a pair plus one, or 0; twice as many cells as there is room for pairs. */
  cells: Int32Array
  /** Flows of pairs that did not fit any more. */
  flowsBeyond: number
}

export function newPairs(room = FIRST_PAIRS): PairTotals {
  return {
    count: 0,
    a: [],
    b: [],
    hashes: new Int32Array(room),
    sums: new Float64Array(room * SUMS),
    cells: new Int32Array(2 * room),
    flowsBeyond: 0,
  }
}

/** Adds a flow to its pair. Makes no text and no object. O(1) amortised. */
export function addFlow(totals: PairTotals, flow: Flow): void {
  // one pair for both orders: the smaller text first
  const direction = flow.address(0) <= flow.address(1) ? 0 : 1
  const row = rowOf(totals, flow.addressHash, flow.address(direction), flow.address(direction ^ 1))
  const { sums } = totals
  const at = row * SUMS
  sums[at + FLOWS]++
  sums[at + FRAMES_A_TO_B] += flow.frames(direction)
  sums[at + BYTES_A_TO_B] += flow.wireBytes(direction)
  sums[at + FRAMES_B_TO_A] += flow.frames(direction ^ 1)
  sums[at + BYTES_B_TO_A] += flow.wireBytes(direction ^ 1)
}

/** Commutative and associative until there are too many pairs. */
export function mergePairs(into: PairTotals, from: PairTotals): void {
  into.flowsBeyond += from.flowsBeyond
  for (let row = 0; row < from.count; row++) {
    const own = rowOf(into, from.hashes[row], from.a[row], from.b[row])
    for (let i = 0; i < SUMS; i++) into.sums[own * SUMS + i] += from.sums[row * SUMS + i]
  }
}

/** All pairs that are told apart. */
export function pairsOf({ count, a, b, sums }: PairTotals): Pair[] {
  return Array.from({ length: count }, (_, row) => ({
    a: a[row],
    b: b[row],
    flows: sums[row * SUMS + FLOWS],
    framesAToB: sums[row * SUMS + FRAMES_A_TO_B],
    bytesAToB: sums[row * SUMS + BYTES_A_TO_B],
    framesBToA: sums[row * SUMS + FRAMES_B_TO_A],
    bytesBToA: sums[row * SUMS + BYTES_B_TO_A],
  }))
}

/** Order of the pairs with the most bytes, equal ones by their hosts. */
export function byBytes(one: Pair, other: Pair): number {
  const bytes = other.bytesAToB + other.bytesBToA - one.bytesAToB - one.bytesBToA
  return bytes || compareText(one.a, other.a) || compareText(one.b, other.b)
}

/** Where a pair stands; one that is not known comes behind the others. */
function rowOf(totals: PairTotals, hash: number, a: string, b: string): number {
  const { cells, hashes } = totals
  const mask = cells.length - 1
  for (let cell = hash & mask; cells[cell] !== 0; cell = (cell + 1) & mask) {
    const row = cells[cell] - 1
    if (hashes[row] === hash && totals.a[row] === a && totals.b[row] === b) return row
  }
  if (totals.count === hashes.length) makeRoom(totals)
  return add(totals, hash, a, b)
}

function add(totals: PairTotals, hash: number, a: string, b: string): number {
  const { cells } = totals
  const mask = cells.length - 1
  let cell = hash & mask
  while (cells[cell] !== 0) cell = (cell + 1) & mask
  const row = totals.count++
  cells[cell] = row + 1
  totals.hashes[row] = hash
  totals.a.push(a)
  totals.b.push(b)
  return row
}

/** Makes more room, or, when there is the most, only counts the flows of pairs with fewer bytes. O(n), O(1) a pair amortised. */
function makeRoom(totals: PairTotals): void {
  const { count, a, b, hashes, sums } = totals
  const pairs = pairsOf(totals)
  const all = pairs.map((_, row) => row)
  const kept = count < MOST_PAIRS ? all : first(all, KEPT_PAIRS, (one, other) => byBytes(pairs[one], pairs[other]))
  const roomier = newPairs(Math.min(4 * count, MOST_PAIRS))
  for (const row of kept) {
    const own = add(roomier, hashes[row], a[row], b[row])
    roomier.sums.set(sums.subarray(row * SUMS, (row + 1) * SUMS), own * SUMS)
  }
  const flowsOf = (rows: readonly number[]) => rows.reduce((flows, row) => flows + pairs[row].flows, 0)
  Object.assign(totals, roomier, { flowsBeyond: totals.flowsBeyond + flowsOf(all) - flowsOf(kept) })
}
