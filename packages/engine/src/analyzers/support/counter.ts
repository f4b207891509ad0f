import type { Column, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { getOrMake, largest } from './bounded-map.ts'

/** Adds to a count by key; keys beyond `most` are not told apart any more. */
export function addCount(counts: Map<string, number>, key: string, most: number, by = 1): void {
  const known = getOrMake(counts, key, most, () => 0)
  if (known !== null) counts.set(key, known + by)
}

export function mergeCounts(into: Map<string, number>, from: ReadonlyMap<string, number>, most: number): void {
  for (const [key, count] of from) addCount(into, key, most, count)
}

/** The largest counts as a table of two columns. */
export function countTable(
  key: string,
  title: string,
  name: Column,
  count: Column,
  counts: Map<string, number>,
): Table {
  const shown = largest(counts, MOST_ROWS, (value) => value)
  return tableOf({ key, title, total: counts.size }, shown, [
    { ...name, value: ([text]) => text },
    { ...count, value: ([, times]) => times },
  ])
}
