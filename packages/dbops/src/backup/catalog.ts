import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { type BackupManifest, readManifest } from './manifest.ts'
import { readVerifications, type VerificationRecord } from './verify-backup.ts'

/** What the folder of a backup is worth at a glance; only `good` ones may be relied on. */
export type BackupState = 'good' | 'unchecked-manifest' | 'missing-file' | 'damaged' | 'unfinished'

export interface ListedBackup {
  readonly id: string
  readonly folder: string
  readonly state: BackupState
  readonly problem: string | null
  readonly manifest: BackupManifest | null
  readonly storedBytes: number
  readonly lastVerified: VerificationRecord | null
  /** Best level that was ever passed, 0 for none. */
  readonly verifiedLevel: number
  readonly isPinned: boolean
}

/** Name of the file that keeps a backup from every cleanup. */
export const PIN_NAME = 'keep'

/** Everything in a folder of backups, newest first; looks at sizes, not at contents. */
export function listBackups(folder: string, keys: BackupKeys): ListedBackup[] {
  if (!existsSync(folder)) throw new DbopsError('USAGE', `${folder} does not exist`)
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const listed = names.map(({ name }) => listOne(join(folder, name), name, keys))
  return listed.sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
}

function timeOf({ manifest, id }: ListedBackup): string {
  return manifest?.finishedAt ?? id
}

function listOne(folder: string, name: string, keys: BackupKeys): ListedBackup {
  const base = {
    id: name,
    folder,
    manifest: null,
    storedBytes: 0,
    lastVerified: null,
    verifiedLevel: 0,
    isPinned: false,
  }
  if (name.startsWith('.partial-')) return { ...base, state: 'unfinished', problem: 'an interrupted run left it' }
  let manifest: BackupManifest
  try {
    manifest = readManifest(folder)
  } catch (error) {
    return { ...base, state: 'damaged', problem: (error as Error).message }
  }
  const verifications = readVerifications(folder)
  const isPinned = existsSync(join(folder, PIN_NAME))
  const storedBytes = manifest.files.reduce((sum, file) => sum + file.storedBytes, 0)
  const lastVerified = verifications.at(-1) ?? null
  const verifiedLevel =
    lastVerified?.isGood === false
      ? 0
      : Math.max(0, ...verifications.filter(({ isGood }) => isGood).map(({ level }) => level))
  const listed = { ...base, manifest, storedBytes, lastVerified, verifiedLevel, isPinned }
  return { ...listed, ...stateOf(folder, name, manifest, lastVerified, keys) }
}

function stateOf(
  folder: string,
  name: string,
  manifest: BackupManifest,
  lastVerified: VerificationRecord | null,
  keys: BackupKeys,
): { state: BackupState; problem: string | null } {
  for (const file of manifest.files) {
    const path = join(folder, file.name)
    if (!existsSync(path)) return { state: 'missing-file', problem: `${file.name} is missing` }
    if (statSync(path).size !== file.storedBytes) return { state: 'damaged', problem: `${file.name} has another size` }
  }
  if (manifest.id !== name) return { state: 'damaged', problem: `the folder holds the manifest of ${manifest.id}` }
  if (lastVerified !== null && !lastVerified.isGood)
    return { state: 'damaged', problem: `verification at level ${lastVerified.level} failed at ${lastVerified.at}` }
  try {
    openManifest(manifest, keys)
    return { state: 'good', problem: null }
  } catch (error) {
    if (error instanceof DbopsError && error.code === 'SECRET_MISSING')
      return { state: 'unchecked-manifest', problem: 'no identity was given, so its manifest cannot be checked' }
    return { state: 'damaged', problem: (error as Error).message }
  }
}
