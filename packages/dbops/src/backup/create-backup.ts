import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { serverError } from '../connection/server-errors.ts'
import { DbopsError } from '../errors.ts'
import { runHooks } from '../hooks.ts'
import { atomicWrite, syncFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import { databaseFacts, schemaLines } from './database-facts.ts'
import { dumpParts } from './dump-parts.ts'
import { operatorKey } from './keys.ts'
import {
  type BackupManifest,
  type BackupSelection,
  type Compression,
  MANIFEST_NAME,
  macKeyOf,
  readManifest,
  sealManifest,
} from './manifest.ts'
import { requireClientNotOlder, requireWholeRead, toolVersion } from './preflight.ts'
import { type RecipientName, wrapKey } from './recipients.ts'
import { isSelected, selectionArguments } from './selection.ts'
import { PARTIAL_PREFIX } from './shelf.ts'
import { PINNED_SETTINGS, type ProvableTable, provableTables, proveTables } from './table-proof.ts'
import { writeDump, writeGlobals } from './write-dump.ts'

export interface CreateBackupOptions {
  readonly parameters: ConnectionParameters
  /** Folder that holds backups, one folder each. */
  readonly to: string
  readonly stateFolder: string
  readonly recipients?: readonly RecipientName[]
  readonly compression?: Compression
  readonly format?: 'custom' | 'plain'
  /** Programs that dump at once, each with a session of its own; 1. */
  readonly jobs?: number
  readonly selection?: BackupSelection | null
  /** Roles and their memberships too; `with-verifiers` only inside encryption. */
  readonly globals?: 'none' | 'without-passwords' | 'with-verifiers'
  /** Commands of the site before the snapshot is taken, and when the dump is written or has failed; their results stand in the manifest. */
  readonly hooks?: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly binaries?: string | undefined
  readonly chunkBytes?: number
  readonly isLockForced?: boolean
  readonly now?: () => Date
  readonly onProgress?: (line: string) => void
}

/**
 * Makes a logical backup: rows are proven in the very snapshot that is dumped, while writers go on; the dump is compressed and encrypted
 * on its way; the folder gets its name only when everything is on disk.
 * @throws {DbopsError} REFUSED, or USAGE for a selection of nothing, before anything is written; LOCK_HELD; CHILD_FAILED and others leave nothing that looks finished
 */
export async function createBackup(options: CreateBackupOptions): Promise<BackupManifest> {
  const { to, onProgress = () => {}, isLockForced = false, jobs = 1 } = options
  if (options.format === 'plain' && jobs > 1)
    throw new DbopsError('USAGE', 'a plain dump is one text, which one program writes')
  if (options.globals === 'with-verifiers' && (options.recipients ?? []).length === 0)
    throw new DbopsError('REFUSED', 'verifiers of passwords are stored only inside encryption', {
      hint: 'give --recipient',
    })
  mkdirSync(to, { recursive: true, mode: 0o700 })
  const lock = { path: join(to, '.lock'), purpose: `backup of ${options.parameters.database}`, isForced: isLockForced }
  return await withFileLock(
    { ...lock, onTakeOver: (owner) => onProgress(`took over the lock of ${owner}`) },
    async () => {
      for (const name of removeUnfinished(to)) onProgress(`removed ${name}, which an earlier run left unfinished`)
      return await createLocked(options)
    },
  )
}

/** What a killed run left; only the holder of the lock may call it. */
export function removeUnfinished(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(PARTIAL_PREFIX))
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true })
  return names
}

async function createLocked(options: CreateBackupOptions): Promise<BackupManifest> {
  const { parameters, to, now = () => new Date() } = options
  const tool = toolVersion('pg_dump', options.binaries)
  const client = await connectServer({ ...parameters, applicationName: 'dbops backup' })
  const startedAt = now()
  const id = `${startedAt
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z')}-${safeName(parameters.database)}-${randomBytes(3).toString('hex')}`
  const partial = join(to, `${PARTIAL_PREFIX}${id}`)
  const stops: (() => void)[] = []
  const hooks = siteHooks(options)
  try {
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    )
    requireClientNotOlder('pg_dump', tool, rows[0].version)
    await requireWholeRead(client)
    const chosen = await selectionArguments(client, options.selection ?? null)
    await hooks.before()
    mkdirSync(partial, { mode: 0o700 })
    const manifest = await fill(partial, id, {
      ...options,
      client,
      startedAt,
      toolText: tool.text,
      stops,
      hooks,
      chosen,
    })
    const final = join(to, id)
    syncFolder(partial)
    renameSync(partial, final)
    syncFolder(to)
    return manifest
  } catch (error) {
    for (const stop of stops) stop()
    await hooks.after()
    rmSync(partial, { recursive: true, force: true })
    throw serverError(error)
  } finally {
    await client.end().catch(() => {})
  }
}

/** What the site does around a backup; `after` follows every `before` exactly once. */
interface SiteHooks {
  before(): Promise<void>
  after(): Promise<void>
  readonly results: readonly string[]
}

function siteHooks({ hooks, onProgress = () => {} }: CreateBackupOptions): SiteHooks {
  const results: string[] = []
  let isAfterDue = false
  const note = async (when: 'before' | 'after'): Promise<void> => {
    for (const { hook, failure } of await runHooks(hooks?.[when] ?? [], onProgress)) {
      const line = `${when}: ${hook}: ${failure ?? 'ok'}`
      if (failure !== null) onProgress(`hook failed: ${line}`)
      results.push(line)
    }
  }
  return {
    results,
    before: async () => {
      isAfterDue = true
      await note('before')
    },
    after: async () => {
      const isDue = isAfterDue
      isAfterDue = false
      if (isDue) await note('after')
    },
  }
}

interface FillContext extends Omit<CreateBackupOptions, 'hooks'> {
  readonly hooks: SiteHooks
  readonly client: ServerClient
  readonly startedAt: Date
  readonly toolText: string
  /** What was chosen, as arguments of pg_dump. */
  readonly chosen: readonly string[]
  /** Ends the programs that still write when something else failed. */
  readonly stops: (() => void)[]
}

async function fill(folder: string, id: string, context: FillContext): Promise<BackupManifest> {
  const { client, recipients = [], stateFolder, startedAt, now = () => new Date() } = context
  const dataKey = recipients.length === 0 ? null : randomBytes(32)
  const startMs = performance.now()
  await client.query('begin isolation level repeatable read read only')
  await client.query(PINNED_SETTINGS)
  const { rows } = await client.query<{ snapshot: string; lsn: string | null }>(
    'select pg_export_snapshot() as snapshot, case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn',
  )
  const snapshotAt = now()
  const { globals = 'without-passwords', format = 'custom', selection = null, jobs = 1 } = context
  const provable = await chosenTables(client, selection)
  const files = { ...context, folder, backupId: id, dataKey, compression: context.compression ?? 'zstd' }
  const parts = await dumpParts(client, provable, jobs)
  const dump = writeDump({ ...files, format, parts, snapshot: rows[0].snapshot })
  dump.catch(() => {}) // the proofs may fail first
  context.onProgress?.(`proving the rows of ${provable.length} tables`)
  const tables = await proveTables(client, provable)
  const facts = await databaseFacts(client)
  const lines = await schemaLines(client)
  const dumped = await dump
  await client.query('commit')
  await context.hooks.after()
  const roles = globals === 'none' ? [] : [await writeGlobals(files, globals === 'with-verifiers')]
  const finishedAt = now()
  const manifest = sealManifest(
    {
      version: 1,
      id,
      kind: 'logical',
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      durationMs: Math.round(performance.now() - startMs),
      snapshotAt: snapshotAt.toISOString(),
      snapshotLsn: rows[0].lsn,
      selection,
      database: facts,
      tables,
      schemaLines: lines,
      files: [...dumped, ...roles],
      encryption:
        dataKey === null
          ? null
          : { algorithm: 'AES-256-GCM chunks', recipients: recipients.map((recipient) => wrapKey(dataKey, recipient)) },
      tools: { pg_dump: context.toolText },
      hookResults: context.hooks.results,
      previous: newestOf(context.to),
    },
    dataKey === null ? operatorKey(stateFolder) : macKeyOf(dataKey),
  )
  atomicWrite(join(folder, MANIFEST_NAME), `${JSON.stringify(manifest, null, 1)}\n`)
  return manifest
}

/** Rows are proven for what was chosen only. */
async function chosenTables(client: ServerClient, selection: BackupSelection | null): Promise<ProvableTable[]> {
  const all = await provableTables(client)
  return selection === null ? all : all.filter((table) => isSelected(table, selection))
}

function safeName(database: string): string {
  return database.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40)
}

/** Links each backup to the one before it in the folder. */
function newestOf(folder: string): { id: string; mac: string } | null {
  const names = readdirSync(folder).filter(
    (name) => !name.startsWith('.') && existsSync(join(folder, name, MANIFEST_NAME)),
  )
  const newest = names.sort().at(-1)
  if (newest === undefined) return null
  try {
    const { id, mac } = readManifest(join(folder, newest))
    return { id, mac: mac.value }
  } catch {
    return null // a damaged neighbour is reported by list and verify, and must not stop today's backup
  }
}
