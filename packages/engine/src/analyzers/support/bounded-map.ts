/** Gets the value of a key, making it first if there is room; null when the map is full, then the caller counts the rest together. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, most: number, make: () => V): V | null {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= most) return null
  const made = make()
  map.set(key, made)
  return made
}

interface Ranked<V> {
  readonly key: string
  readonly value: V
  readonly rank: number
}

/**
 * The entries with the greatest values of `by`, largest first; equal ones in the order of their keys. O(n), `by` once an entry: the
 * list is cut whenever it is twice as long as asked for, and what ranks below its last one then is not added.
 */
export function largest<V>(map: ReadonlyMap<string, V>, most: number, by: (value: V) => number): [string, V][] {
  const found: Ranked<V>[] = []
  let least = Number.NEGATIVE_INFINITY
  map.forEach((value, key) => {
    const rank = by(value)
    if (rank < least) return
    if (found.push({ key, value, rank }) < 2 * most) return
    keepLargest(found, most)
    least = found[most - 1].rank
  })
  keepLargest(found, most)
  return found.map(({ key, value }) => [key, value])
}

function keepLargest<V>(entries: Ranked<V>[], most: number): void {
  entries.sort((a, b) => b.rank - a.rank || compareText(a.key, b.key))
  entries.length = Math.min(entries.length, most)
}

/** Order of code units, so that no locale has a say. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
