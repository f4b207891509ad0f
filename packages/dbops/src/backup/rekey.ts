import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { atomicWrite } from '../state/atomic-write.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { type BackupManifest, MANIFEST_NAME, macKeyOf, readManifest, sealManifest } from './manifest.ts'
import { type RecipientName, wrapKey } from './recipients.ts'

/**
 * Seals the data key of a backup for other recipients; the stored data is not touched. Whoever could read it before still can, if the
 * old manifest was copied: a leaked private key needs a new backup.
 * @throws {DbopsError} USAGE for a backup that is not encrypted
 */
export function rekeyBackup(folder: string, keys: BackupKeys, recipients: readonly RecipientName[]): BackupManifest {
  if (recipients.length === 0) throw new DbopsError('USAGE', 'a backup needs at least one recipient')
  const manifest = readManifest(folder)
  const dataKey = openManifest(manifest, keys)
  if (dataKey === null || manifest.encryption === null) throw new DbopsError('USAGE', `${manifest.id} is not encrypted`)
  const { mac: _, ...body } = manifest
  const encryption = { ...manifest.encryption, recipients: recipients.map((recipient) => wrapKey(dataKey, recipient)) }
  const sealed = sealManifest({ ...body, encryption }, macKeyOf(dataKey))
  atomicWrite(join(folder, MANIFEST_NAME), `${JSON.stringify(sealed, null, 1)}\n`)
  return sealed
}
