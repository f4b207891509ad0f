import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { completeParameters } from '../connection/url.ts'
import { DbopsError } from '../errors.ts'
import { decodeDump } from './archive.ts'
import { schemaDifferences, schemaLines } from './database-facts.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { loadDump } from './load-dump.ts'
import { type BackupFile, type BackupManifest, readManifest } from './manifest.ts'
import { checkStored, readPayload } from './payload-read.ts'
import { requireRestorable, toolVersion } from './preflight.ts'
import { createScratch, dropScratch, scratchName } from './scratch-database.ts'
import { differencesOf, PINNED_SETTINGS, type ProvableTable, provableTables, proveTables } from './table-proof.ts'

/**
 * 1: files are there, whole, and the manifest authentic; 2: everything decrypts, decompresses and decodes; 3: a real restore holds the
 * same rows, grants and policies; 4: the application's own queries answer too.
 */
export type VerifyLevel = 1 | 2 | 3 | 4

export interface VerifyOptions extends BackupKeys {
  /** Folder of the one backup. */
  readonly folder: string
  readonly level: VerifyLevel
  /** A server for levels 3 and 4; the scratch database is made beside its databases. */
  readonly server?: ConnectionParameters
  /** Queries of level 4: each must return at least one row. */
  readonly smokeQueries?: readonly string[]
  readonly binaries?: string | undefined
  /** Programs that restore at once at levels 3 and 4; 1. */
  readonly jobs?: number
  readonly now?: () => Date
  /** Runs in the restored scratch database before it is compared; for tests of the comparison itself. */
  readonly beforeCompare?: (client: ServerClient) => Promise<void>
}

export interface VerifyResult {
  readonly id: string
  readonly level: VerifyLevel
  readonly isGood: boolean
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[]
  readonly durationMs: number
  /** Times of the parts, for the recovery time. */
  readonly parts: Readonly<Record<string, number>>
}

/** One line of `verifications.jsonl` beside the manifest. */
export interface VerificationRecord {
  readonly level: VerifyLevel
  readonly isGood: boolean
  readonly at: string
  readonly durationMs: number
}

/** Name of the file of {@link VerificationRecord}s beside a manifest. */
export const RECORDS_NAME = 'verifications.jsonl'

/** Verifies up to the level and notes the result beside the backup. @throws {DbopsError} only when it cannot be judged at all */
export async function verifyBackup(options: VerifyOptions): Promise<VerifyResult> {
  const startMs = performance.now()
  const parts: Record<string, number> = {}
  const problems: string[] = []
  let id = options.folder
  try {
    const manifest = readManifest(options.folder)
    id = manifest.id
    problems.push(...(await findProblems(manifest, options, parts)))
  } catch (error) {
    if (!(error instanceof DbopsError) || error.code !== 'INTEGRITY') throw error
    problems.push(error.message)
  }
  const durationMs = Math.round(performance.now() - startMs)
  const result = { id, level: options.level, isGood: problems.length === 0, problems, durationMs, parts }
  if (existsSync(options.folder)) remember(options, result)
  return result
}

async function findProblems(
  manifest: BackupManifest,
  options: VerifyOptions,
  parts: Record<string, number>,
): Promise<string[]> {
  const { folder, level, binaries } = options
  const dataKey = openManifest(manifest, options)
  await timed(parts, 'checkStoredMs', async () => {
    for (const file of manifest.files) await checkStored(folder, file)
  })
  if (level === 1) return []
  await timed(parts, 'decodeMs', async () => {
    for (const file of manifest.files) {
      const payload = { folder, manifest, file, dataKey }
      if (file.format === 'custom') await decodeDump(payload, completeParameters({ user: 'nobody' }), binaries)
      else await readPayload(payload, new EndWatch(file))
    }
  })
  if (level === 2 || manifest.kind !== 'logical') return []
  return await compareRestored(manifest, dataKey, options, parts)
}

async function compareRestored(
  manifest: BackupManifest,
  dataKey: Buffer | null,
  options: VerifyOptions,
  parts: Record<string, number>,
): Promise<string[]> {
  const { server, folder, binaries, jobs = 1, smokeQueries = [], level, beforeCompare } = options
  if (server === undefined)
    throw new DbopsError('USAGE', `level ${level} needs a server to restore into`, { hint: 'give --url' })
  const { database } = manifest
  if (database === null) throw new DbopsError('INTEGRITY', `${manifest.id} holds no dump of a database`)
  const version = await withServer(server, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    )
    return rows[0].version
  })
  requireRestorable(toolVersion('pg_restore', binaries).major, database.serverVersion, version)
  const name = scratchName('verify')
  const scratch = { ...server, database: name, applicationName: 'dbops verify' }
  try {
    await timed(parts, 'createMs', () => createScratch(server, name, database))
    await timed(parts, 'restoreMs', () => loadDump({ folder, manifest, dataKey, database: scratch, jobs, binaries }))
    return await timed(parts, 'compareMs', () =>
      withServer(scratch, async (client) => {
        await beforeCompare?.(client)
        const problems = await differencesFromManifest(client, manifest)
        if (level === 4) problems.push(...(await smokeProblems(client, smokeQueries)))
        return problems
      }),
    )
  } finally {
    await dropScratch(server, name)
  }
}

/** How a database differs from what a manifest says: rows, schema, grants, policies, invalid indexes. */
export async function differencesFromManifest(
  client: ServerClient,
  manifest: BackupManifest,
  isCompared: (table: ProvableTable) => boolean = () => true,
): Promise<string[]> {
  await client.query('begin read only')
  await client.query(PINNED_SETTINGS)
  const proofs = await proveTables(client, (await provableTables(client)).filter(isCompared))
  const lines = await schemaLines(client)
  await client.query('commit')
  // of a selection the schema is a part of what the lines tell
  const schema = manifest.selection === null ? schemaDifferences(manifest.schemaLines, lines) : []
  return [...differencesOf(manifest.tables.filter(isCompared), proofs), ...schema]
}

async function smokeProblems(client: ServerClient, queries: readonly string[]): Promise<string[]> {
  const problems: string[] = []
  for (const query of queries) {
    try {
      const { rowCount } = await client.query(query)
      if (rowCount === 0) problems.push(`smoke query returned no row: ${query}`)
    } catch (error) {
      problems.push(`smoke query failed: ${query}: ${(error as Error).message}`)
    }
  }
  return problems
}

/** A plain dump has an end mark of its own: without it the dump program did not finish. */
class EndWatch extends Writable {
  readonly #file: BackupFile
  #tail = ''

  constructor(file: BackupFile) {
    super()
    this.#file = file
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#tail = (this.#tail + chunk.toString('latin1')).slice(-400)
    done()
  }

  override _final(done: (error?: Error) => void): void {
    const needsMark = this.#file.holds !== 'application-files'
    const isWhole = !needsMark || /PostgreSQL database (cluster )?dump complete/.test(this.#tail)
    done(isWhole ? undefined : new DbopsError('INTEGRITY', `${this.#file.name} has no end mark`))
  }
}

async function timed<Result>(
  parts: Record<string, number>,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const startMs = performance.now()
  try {
    return await work()
  } finally {
    parts[name] = Math.round(performance.now() - startMs)
  }
}

function remember(
  { folder, now = () => new Date() }: VerifyOptions,
  { level, isGood, durationMs }: VerifyResult,
): void {
  const record: VerificationRecord = { level, isGood, at: now().toISOString(), durationMs }
  appendFileSync(join(folder, RECORDS_NAME), `${JSON.stringify(record)}\n`, { mode: 0o600 })
}

/** Earlier verifications of a backup, oldest first, from the text of their file; none for null. */
export function parseVerifications(text: string | null): VerificationRecord[] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
