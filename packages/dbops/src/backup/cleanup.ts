import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withFileLock } from '../state/file-lock.ts'
import { type ListedBackup, listBackups } from './catalog.ts'
import { removeUnfinished } from './create-backup.ts'
import type { BackupKeys } from './keys.ts'
import { decideRetention, type RetentionDecision, type RetentionPolicy } from './retention.ts'

/** What a cleanup would do, or did. */
export interface CleanupPlan {
  readonly decisions: readonly RetentionDecision[]
  readonly unfinished: readonly string[]
}

/** Decides without touching anything. A backup that could not be checked for want of a key counts as good: it is never deleted as damaged. */
export function planCleanup(listed: readonly ListedBackup[], policy: RetentionPolicy, now: Date): CleanupPlan {
  const unfinished = listed.filter(({ state }) => state === 'unfinished').map(({ id }) => id)
  const backups = listed.filter(({ state }) => state !== 'unfinished')
  return { decisions: decideRetention(backups.map(toRetained), policy, now), unfinished }
}

function toRetained({ id, manifest, state, verifiedLevel, isPinned, storedBytes }: ListedBackup) {
  return {
    id,
    finishedAt: manifest?.finishedAt ?? '',
    systemIdentifier: manifest?.database?.systemIdentifier ?? null,
    database: manifest?.database?.name ?? manifest?.kind ?? 'unknown',
    isGood: state === 'good' || state === 'unchecked-manifest',
    verifiedLevel,
    isPinned,
    storedBytes,
  }
}

/** Does what {@link planCleanup} says, beside no running backup: a folder is renamed before it is deleted, so that none is ever half there. */
export async function applyCleanup(
  folder: string,
  keys: BackupKeys,
  policy: RetentionPolicy,
  now: Date,
): Promise<CleanupPlan> {
  return await withFileLock({ path: join(folder, '.lock'), purpose: 'cleanup of backups' }, () => {
    const plan = planCleanup(listBackups(folder, keys), policy, now)
    for (const { id, keeps } of plan.decisions) {
      if (keeps) continue
      const doomed = join(folder, `.partial-deleted-${id}`)
      renameSync(join(folder, id), doomed)
      rmSync(doomed, { recursive: true })
    }
    removeUnfinished(folder)
    return plan
  })
}
