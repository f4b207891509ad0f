/** One version of a secret in a store. */
export interface StoreEntry {
  readonly version: number
  readonly createdAt: string
  /** Null for a tombstone. */
  readonly value: string | null
}

/** Which versions a store may forget. */
export interface StoreRetention {
  /** So many of the newest of each secret stay. */
  readonly keep: number
  /** Younger ones stay, too. */
  readonly before: Date
}

/** Versions that a store may forget, by the rules; the newest usable one is never among them, but under a tombstone that is old itself. */
export function versionsToForget(entries: readonly StoreEntry[], { keep, before }: StoreRetention): number[] {
  const isOld = ({ createdAt }: StoreEntry): boolean => createdAt < before.toISOString()
  const last = entries.at(-1)
  // a tombstone that is old enough goes with everything under it
  if (last?.value === null && isOld(last)) return entries.map(({ version }) => version)
  const newestUsable = entries.findLast(({ value }) => value !== null)
  return entries
    .slice(0, Math.max(0, entries.length - keep))
    .filter((entry) => isOld(entry) && entry !== newestUsable)
    .map(({ version }) => version)
}
