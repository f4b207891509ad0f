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

/** The entries with the greatest values of `by`, largest first; equal ones in the order of their keys. O(n), `by` once an entry. */
export function largest<V>(map: ReadonlyMap<string, V>, most: number, by: (value: V) => number): [string, V][] {
  const entries: Ranked<V>[] = []
  map.forEach((value, key) => {
    entries.push({ key, value, rank: by(value) })
  })
  const found = first(entries, most, (a, b) => b.rank - a.rank || compareText(a.key, b.key))
  return found.map(({ key, value }) => [key, value])
}

/** The first items in an order. O(n): the list is cut whenever it is twice as long as asked for, and what comes behind its end is left out. */
export function first<Item>(items: readonly Item[], most: number, order: (a: Item, b: Item) => number): Item[] {
  const found: Item[] = []
  let end: Item | null = null
  for (const item of items) {
    if (end !== null && order(item, end) > 0) continue
    if (found.push(item) < 2 * most) continue
    found.sort(order)
    found.length = most
    end = found[most - 1]
  }
  return found.sort(order).slice(0, most)
}

/** Order of code units, so that no locale has a say. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
