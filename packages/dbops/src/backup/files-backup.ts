import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { atomicWrite, syncFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import { operatorKey } from './keys.ts'
import { type BackupManifest, MANIFEST_NAME, macKeyOf, sealManifest } from './manifest.ts'
import { writePayload } from './payload-write.ts'
import { type RecipientName, wrapKey } from './recipients.ts'

export interface FilesBackupOptions {
  /** Folder of the application: captures, uploads. */
  readonly source: string
  readonly to: string
  readonly stateFolder: string
  readonly recipients?: readonly RecipientName[]
  readonly now?: () => Date
}

/** Streams a folder through tar, zstd and encryption into a backup beside those of the database. */
export async function createFilesBackup({
  source,
  to,
  stateFolder,
  recipients = [],
  now = () => new Date(),
}: FilesBackupOptions): Promise<BackupManifest> {
  mkdirSync(to, { recursive: true, mode: 0o700 })
  return await withFileLock({ path: join(to, '.lock'), purpose: `backup of ${source}` }, async () => {
    const startedAt = now()
    const startMs = performance.now()
    const id = `${startedAt
      .toISOString()
      .replace(/[-:]/g, '')
      .replace(/\.\d+Z$/, 'Z')}-files-${randomBytes(3).toString('hex')}`
    const partial = join(to, `.partial-${id}`)
    mkdirSync(partial, { mode: 0o700 })
    const dataKey = recipients.length === 0 ? null : randomBytes(32)
    try {
      const child = spawn('tar', ['--create', '--file=-', '--directory', dirname(source), '--', basename(source)], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: plainEnvironment(),
      })
      let words = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => void (words += text))
      const ended = new Promise<void>((resolve, reject) =>
        child
          .once('error', reject)
          .once('close', (code) =>
            code === 0 ? resolve() : reject(new DbopsError('CHILD_FAILED', `tar ended with ${code}: ${words.trim()}`)),
          ),
      )
      const name = `files.tar.zst${dataKey === null ? '' : '.sealed'}`
      const [file] = await Promise.all([
        writePayload(child.stdout, {
          path: join(partial, name),
          backupId: id,
          dataKey,
          file: { name, holds: 'application-files', format: 'tar', compression: 'zstd' },
        }),
        ended,
      ])
      const manifest = sealManifest(
        {
          version: 1,
          id,
          kind: 'files',
          startedAt: startedAt.toISOString(),
          finishedAt: now().toISOString(),
          durationMs: Math.round(performance.now() - startMs),
          snapshotAt: startedAt.toISOString(),
          snapshotLsn: null,
          selection: null,
          database: null,
          tables: [],
          schemaLines: [],
          files: [file],
          encryption:
            dataKey === null
              ? null
              : {
                  algorithm: 'AES-256-GCM chunks',
                  recipients: recipients.map((recipient) => wrapKey(dataKey, recipient)),
                },
          tools: {},
          hookResults: [],
          previous: null,
        },
        dataKey === null ? operatorKey(stateFolder) : macKeyOf(dataKey),
      )
      atomicWrite(join(partial, MANIFEST_NAME), `${JSON.stringify(manifest, null, 1)}\n`)
      syncFolder(partial)
      renameSync(partial, join(to, id))
      syncFolder(to)
      return manifest
    } catch (error) {
      rmSync(partial, { recursive: true, force: true })
      throw error
    }
  })
}
