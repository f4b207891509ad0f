import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { type BackupManifest, MANIFEST_NAME, parseManifest } from './manifest.ts'
import { type BackupShelf, folderShelf, PARTIAL_PREFIX, type ShelvedBackup } from './shelf.ts'
import { parseVerifications, RECORDS_NAME, type VerificationRecord } from './verify-backup.ts'

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

/** Everything in a place with backups, newest first; looks at sizes, not at contents. */
export function listBackups(place: string | BackupShelf, keys: BackupKeys): ListedBackup[] {
  if (typeof place === 'string' && !existsSync(place)) throw new DbopsError('USAGE', `${place} does not exist`)
  const shelf = typeof place === 'string' ? folderShelf(place) : place
  const listed = shelf.backups.map((shelved) => listOne(join(shelf.name, shelved.name), shelved, keys))
  return listed.sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
}

function timeOf({ manifest, id }: ListedBackup): string {
  return manifest?.finishedAt ?? id
}

function listOne(folder: string, shelved: ShelvedBackup, keys: BackupKeys): ListedBackup {
  const { name, sizes } = shelved
  const base = {
    id: name,
    folder,
    manifest: null,
    storedBytes: 0,
    lastVerified: null,
    verifiedLevel: 0,
    isPinned: false,
  }
  if (name.startsWith(PARTIAL_PREFIX)) return { ...base, state: 'unfinished', problem: 'an interrupted run left it' }
  let manifest: BackupManifest
  let verifications: VerificationRecord[]
  try {
    manifest = manifestOf(folder, shelved)
    verifications = parseVerifications(shelved.text(RECORDS_NAME))
  } catch (error) {
    return { ...base, state: 'damaged', problem: (error as Error).message }
  }
  const storedBytes = manifest.files.reduce((sum, file) => sum + file.storedBytes, 0)
  const lastVerified = verifications.at(-1) ?? null
  const verifiedLevel =
    lastVerified?.isGood === false
      ? 0
      : Math.max(0, ...verifications.filter(({ isGood }) => isGood).map(({ level }) => level))
  const listed = { ...base, manifest, storedBytes, lastVerified, verifiedLevel, isPinned: sizes.has(PIN_NAME) }
  return { ...listed, ...stateOf(shelved, manifest, lastVerified, keys) }
}

function manifestOf(folder: string, { text }: ShelvedBackup): BackupManifest {
  const path = join(folder, MANIFEST_NAME)
  const found = text(MANIFEST_NAME)
  if (found === null) throw new DbopsError('INTEGRITY', `${path} is missing: no finished backup is there`)
  return parseManifest(found, path)
}

function stateOf(
  { name, sizes }: ShelvedBackup,
  manifest: BackupManifest,
  lastVerified: VerificationRecord | null,
  keys: BackupKeys,
): { state: BackupState; problem: string | null } {
  for (const file of manifest.files) {
    const bytes = sizes.get(file.name)
    if (bytes === undefined) return { state: 'missing-file', problem: `${file.name} is missing` }
    if (bytes !== file.storedBytes) return { state: 'damaged', problem: `${file.name} has another size` }
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
