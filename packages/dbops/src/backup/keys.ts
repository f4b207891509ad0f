import type { KeyObject } from 'node:crypto'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { type BackupManifest, checkManifest, type MacKey, macKeyOf } from './manifest.ts'
import { unwrapKey } from './recipients.ts'

/** The operator's own key for manifests of backups that are not encrypted; made on first use. */
export function operatorKey(stateFolder: string): MacKey {
  const path = join(privateFolder(stateFolder), 'manifest.key')
  if (!existsSync(path)) atomicWrite(path, `${randomBytes(32).toString('hex')}\n`)
  return { by: 'operator-key', key: Buffer.from(readFileSync(path, 'utf8').trim(), 'hex') }
}

/** What a reader has to open and check backups with. */
export interface BackupKeys {
  readonly stateFolder: string
  readonly identities: readonly KeyObject[]
}

/**
 * The data key of a backup whose manifest is authentic; null when it is not encrypted.
 * @throws {DbopsError} INTEGRITY when the manifest was changed, SECRET_MISSING without an identity that fits
 */
export function openManifest(manifest: BackupManifest, { stateFolder, identities }: BackupKeys): Buffer | null {
  if (manifest.encryption === null) {
    if (manifest.mac?.by !== 'operator-key')
      throw new DbopsError('INTEGRITY', `the manifest of ${manifest.id} was changed`)
    checkManifest(manifest, operatorKey(stateFolder))
    return null
  }
  const dataKey = unwrapKey(manifest.encryption.recipients, identities)
  checkManifest(manifest, macKeyOf(dataKey))
  return dataKey
}
