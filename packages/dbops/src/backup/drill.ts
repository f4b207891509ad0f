import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { readManifest } from './manifest.ts'
import { type VerifyOptions, verifyBackup } from './verify-backup.ts'

/** Evidence that a backup was restored: who can show it in an audit. */
export interface DrillEvidence {
  readonly backup: string
  readonly startedAt: string
  readonly isGood: boolean
  readonly problems: readonly string[]
  /** Measured: reading, decrypting, restoring, comparing. */
  readonly recoveryTimeMs: number
  /** Measured: from the snapshot to the start of the drill; what would be lost now. */
  readonly recoveryPointMs: number
  readonly parts: Readonly<Record<string, number>>
  readonly rows: number
}

const DEFAULT_MAX_AGE_DAYS = 31

/** Restores a backup into a throw-away database, compares every row, asks the application's queries, and writes the evidence. */
export async function runDrill(
  options: Omit<VerifyOptions, 'level'> & { readonly now: () => Date },
): Promise<DrillEvidence> {
  const startedAt = options.now()
  const manifest = readManifest(options.folder)
  const result = await verifyBackup({ ...options, level: 4 })
  const evidence: DrillEvidence = {
    backup: manifest.id,
    startedAt: startedAt.toISOString(),
    isGood: result.isGood,
    problems: result.problems,
    recoveryTimeMs: result.durationMs,
    recoveryPointMs: startedAt.getTime() - Date.parse(manifest.snapshotAt),
    parts: result.parts,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
  }
  const folder = privateFolder(join(options.stateFolder, 'drills'))
  const name = `${evidence.startedAt.replace(/\D/g, '').slice(0, 17)}.json`
  atomicWrite(join(folder, name), `${JSON.stringify(evidence, null, 2)}\n`)
  return evidence
}

/** The newest drill that went well; null when there was none. */
export function lastGoodDrill(stateFolder: string): DrillEvidence | null {
  const folder = join(stateFolder, 'drills')
  if (!existsSync(folder)) return null
  const names = readdirSync(folder).sort().reverse()
  for (const name of names) {
    const evidence = JSON.parse(readFileSync(join(folder, name), 'utf8')) as DrillEvidence
    if (evidence.isGood) return evidence
  }
  return null
}

/** Whether the last good drill is too long ago. */
export function isDrillOverdue(stateFolder: string, now: Date, maxAgeDays = DEFAULT_MAX_AGE_DAYS): boolean {
  const last = lastGoodDrill(stateFolder)
  return last === null || now.getTime() - Date.parse(last.startedAt) > maxAgeDays * 86_400_000
}
