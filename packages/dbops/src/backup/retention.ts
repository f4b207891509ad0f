/** How many backups of each age to keep; what no rule keeps is deleted. */
export interface RetentionPolicy {
  readonly keepLast: number
  readonly keepDaily: number
  readonly keepWeekly: number
  readonly keepMonthly: number
  readonly keepYearly: number
  /** Never fewer than this many good ones; at least 1. */
  readonly minCount: number
  /** Good ones older than this go even when a rule would keep them, down to `minCount`; null for no limit. */
  readonly maxAgeDays: number | null
  /** The oldest go while all together are larger, down to `minCount`; null for no limit. */
  readonly maxBytes: number | null
}

export const defaultRetention: RetentionPolicy = {
  keepLast: 3,
  keepDaily: 7,
  keepWeekly: 4,
  keepMonthly: 12,
  keepYearly: 3,
  minCount: 3,
  maxAgeDays: null,
  maxBytes: null,
}

/** What retention has to know of a backup. */
export interface RetainedBackup {
  readonly id: string
  /** Recorded end of the backup; the order is by this, never by name. */
  readonly finishedAt: string
  readonly systemIdentifier: string | null
  readonly database: string
  readonly isGood: boolean
  /** Highest level that was passed; 0 for none. */
  readonly verifiedLevel: number
  readonly isPinned: boolean
  readonly storedBytes: number
}

export interface RetentionDecision {
  readonly id: string
  readonly keeps: boolean
  /** The rules that keep it, or why it goes. */
  readonly reason: string
}

type Rule = readonly [name: string, count: number, period: (time: Date) => string]

/**
 * Decides for every backup. Each database of each cluster is judged for itself. Pinned backups, the newest good one, the newest verified
 * one and `minCount` good ones always stay; damaged ones are never deleted while fewer good ones than that are there.
 */
export function decideRetention(
  backups: readonly RetainedBackup[],
  policy: RetentionPolicy,
  now: Date,
): RetentionDecision[] {
  const groups = Map.groupBy(backups, ({ systemIdentifier, database }) => `${systemIdentifier} ${database}`)
  return [...groups.values()].flatMap((group) => decideGroup(group, policy, now))
}

function decideGroup(backups: readonly RetainedBackup[], policy: RetentionPolicy, now: Date): RetentionDecision[] {
  const newestFirst = [...backups].sort((a, b) => b.finishedAt.localeCompare(a.finishedAt) || b.id.localeCompare(a.id))
  const good = newestFirst.filter(({ isGood }) => isGood)
  const reasons = new Map<string, string[]>()
  const keep = (backup: RetainedBackup, reason: string): void => {
    reasons.set(backup.id, [...(reasons.get(backup.id) ?? []), reason])
  }
  for (const [name, count, period] of rulesOf(policy)) {
    const seen = new Set<string>()
    for (const backup of good) {
      const key = period(new Date(backup.finishedAt))
      if (seen.has(key) || seen.size >= count) continue
      seen.add(key)
      keep(backup, name)
    }
  }
  dropTooOld(good, reasons, policy, now)
  dropTooLarge(good, reasons, policy)
  const minimum = Math.max(1, policy.minCount)
  for (const backup of good.slice(0, minimum)) keep(backup, 'minimum')
  const [newestVerified] = good
    .filter(({ verifiedLevel }) => verifiedLevel > 0)
    .sort((a, b) => b.finishedAt.localeCompare(a.finishedAt))
  if (newestVerified !== undefined) keep(newestVerified, 'newest verified')
  for (const backup of newestFirst) {
    if (backup.isPinned) keep(backup, 'pinned')
    else if (!backup.isGood && good.length < minimum) keep(backup, 'damaged, but too few good ones are there')
  }
  return newestFirst.map((backup) => {
    const kept = reasons.get(backup.id) ?? []
    const reason = kept.length > 0 ? kept.join(', ') : backup.isGood ? 'no rule keeps it' : 'damaged'
    return { id: backup.id, keeps: kept.length > 0, reason }
  })
}

function rulesOf(policy: RetentionPolicy): Rule[] {
  let number = 0
  return [
    ['last', policy.keepLast, () => String(number++)],
    ['daily', policy.keepDaily, (time) => time.toISOString().slice(0, 10)],
    ['weekly', policy.keepWeekly, weekOf],
    ['monthly', policy.keepMonthly, (time) => time.toISOString().slice(0, 7)],
    ['yearly', policy.keepYearly, (time) => time.toISOString().slice(0, 4)],
  ]
}

/** The Monday of the week. */
function weekOf(time: Date): string {
  const day = (time.getUTCDay() + 6) % 7
  return new Date(time.getTime() - day * 86_400_000).toISOString().slice(0, 10)
}

function dropTooOld(
  good: readonly RetainedBackup[],
  reasons: Map<string, string[]>,
  { maxAgeDays }: RetentionPolicy,
  now: Date,
): void {
  if (maxAgeDays === null) return
  const oldest = new Date(now.getTime() - maxAgeDays * 86_400_000).toISOString()
  for (const { id, finishedAt } of good) if (finishedAt < oldest) reasons.delete(id)
}

function dropTooLarge(
  good: readonly RetainedBackup[],
  reasons: Map<string, string[]>,
  { maxBytes }: RetentionPolicy,
): void {
  if (maxBytes === null) return
  let bytes = 0
  for (const { id, storedBytes } of good) {
    if (!reasons.has(id)) continue
    bytes += storedBytes
    if (bytes > maxBytes) reasons.delete(id)
  }
}
