/** Gets the value of a key, making it first if there is room; null when the map is full, then the caller counts the rest together. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, most: number, make: () => V): V | null {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= most) return null
  const made = make()
  map.set(key, made)
  return made
}

/** The entries with the greatest values of `by`, largest first; equal ones in the order of their keys. O(n log n), `by` once an entry. */
export function largest<V>(map: ReadonlyMap<string, V>, most: number, by: (value: V) => number): [string, V][] {
  const entries = [...map].map(([key, value]) => ({ key, value, rank: by(value) }))
  entries.sort((a, b) => b.rank - a.rank || compareText(a.key, b.key))
  return entries.slice(0, most).map(({ key, value }) => [key, value])
}

/** Order of code units, so that no locale has a say. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
