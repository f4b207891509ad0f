const MOST_DIFFERENCES = 20

/** A place in a report where two of them say different things; JSON text of both, null where one has nothing. */
export interface Difference {
  /** A JSON pointer (RFC 6901). */
  readonly path: string
  readonly stated: string | null
  readonly found: string | null
}

/** The first places, at most twenty, where two JSON values differ. */
export function differencesOf(stated: unknown, found: unknown): Difference[] {
  const differences: Difference[] = []
  compare(stated, found, '', differences)
  return differences
}

function compare(stated: unknown, found: unknown, path: string, differences: Difference[]): void {
  if (differences.length >= MOST_DIFFERENCES || Object.is(stated, found)) return
  if (typeof stated !== 'object' || typeof found !== 'object' || stated === null || found === null) {
    differences.push({ path: path === '' ? '/' : path, stated: textOf(stated), found: textOf(found) })
    return
  }
  const keys = new Set([...Object.keys(stated), ...Object.keys(found)])
  for (const key of keys) {
    const pointer = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    compare(memberOf(stated, key), memberOf(found, key), pointer, differences)
  }
}

function memberOf(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value).slice(0, 200)
}
