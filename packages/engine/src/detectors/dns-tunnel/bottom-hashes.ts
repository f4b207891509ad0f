import { hashOf } from '../support/text-hash.ts'

const MOST_HASHES = 1024
const HASHES = 2 ** 32

/**
 * How many different texts there were: exact up to 1 024, then estimated from the smallest hashes (k minimum values), with a relative
 * standard error of 3 %. Merging in any order gives the same.
 */
export interface BottomHashes {
  hashes: Set<number>
  /** Hashes from here on are not kept any more; one more than the {@link MOST_HASHES} smallest always are. */
  bound: number
}

export function newBottomHashes(): BottomHashes {
  return { hashes: new Set(), bound: HASHES }
}

export function addText(into: BottomHashes, text: string): void {
  addHash(into, hashOf(text))
}

export function mergeBottomHashes(into: BottomHashes, from: BottomHashes): void {
  for (const hash of from.hashes) addHash(into, hash)
}

export function distinctTexts({ hashes }: BottomHashes): number {
  if (hashes.size <= MOST_HASHES) return hashes.size
  const sorted = [...hashes].sort((a, b) => a - b)
  return Math.round(((MOST_HASHES - 1) * HASHES) / sorted[MOST_HASHES - 1])
}

/** Amortised O(log n): the set grows to twice its size before its larger half goes. */
function addHash(into: BottomHashes, hash: number): void {
  if (hash >= into.bound) return
  into.hashes.add(hash)
  if (into.hashes.size >= 2 * MOST_HASHES) trim(into)
}

function trim(into: BottomHashes): void {
  const sorted = [...into.hashes].sort((a, b) => a - b)
  into.bound = sorted[MOST_HASHES + 1]
  into.hashes = new Set(sorted.slice(0, MOST_HASHES + 1))
}
