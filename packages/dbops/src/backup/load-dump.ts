import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { loadArchive, loadText } from './archive.ts'
import { loadParallel } from './load-parallel.ts'
import type { BackupManifest } from './manifest.ts'
import { makeSchemas } from './selected-schemas.ts'

export interface LoadOptions {
  /** Of one proven backup. */
  readonly folder: string
  readonly manifest: BackupManifest
  readonly dataKey: Buffer | null
  /** An empty database, thrown away when loading fails. */
  readonly database: ConnectionParameters
  /** Programs that load at once; 1. */
  readonly jobs?: number
  readonly binaries?: string | undefined
}

/**
 * Streams the dump of a proven backup into an empty database: in one transaction, or, with several jobs or archives, in steps that are
 * each whole. A failed statement fails everything.
 * @throws {DbopsError} INTEGRITY, CHILD_FAILED
 */
export async function loadDump(options: LoadOptions): Promise<void> {
  const { folder, manifest, dataKey, database, jobs = 1, binaries } = options
  const file = manifest.files.find(({ holds }) => holds === 'dump')
  if (file === undefined) throw new DbopsError('INTEGRITY', `${manifest.id} holds no dump of a database`)
  const parts = manifest.files.filter(({ holds }) => holds === 'dump-part')
  const payload = { folder, manifest, dataKey }
  await makeSchemas(database, manifest, manifest.selection?.tables ?? [])
  if (file.format === 'plain') return await loadText({ ...payload, file }, database, binaries)
  if (jobs > 1 || parts.length > 0) return await loadParallel({ ...payload, file, parts, database, jobs, binaries })
  await loadArchive({ ...payload, file }, database, ['--single-transaction'], binaries)
}
