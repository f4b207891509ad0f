import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import type { DatabaseFacts } from './database-facts.ts'
import type { WrappedKey } from './recipients.ts'
import type { TableProof } from './table-proof.ts'

export const MANIFEST_NAME = 'manifest.json'
export const compressions = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/** One stored file of a backup, with what it must be when it is read back. */
export interface BackupFile {
  readonly name: string
  /** `dump` is the whole database, or everything but the rows that its `dump-part`s hold. */
  readonly holds: 'dump' | 'dump-part' | 'globals' | 'application-files'
  readonly format: 'custom' | 'plain' | 'tar'
  readonly compression: Compression
  readonly storedBytes: number
  readonly storedSha256: string
  readonly plainBytes: number
  readonly plainSha256: string
}

/** A part of a database. */
export interface BackupSelection {
  readonly schemas: readonly string[]
  readonly tables: readonly string[]
  readonly excluded: readonly string[]
}

/** Everything that is known of a backup; written last, so that without it there is no backup. */
export interface BackupManifest {
  readonly version: 1
  readonly id: string
  readonly kind: 'logical' | 'files'
  readonly startedAt: string
  readonly finishedAt: string
  readonly durationMs: number
  /** When the snapshot was taken: what was committed before is in the backup. */
  readonly snapshotAt: string
  readonly snapshotLsn: string | null
  /** Of a part of the database only: which. */
  readonly selection: BackupSelection | null
  readonly database: DatabaseFacts | null
  readonly tables: readonly TableProof[]
  /** Sorted lines that describe everything but rows: columns, constraints, indexes, policies, owners, grants, sequences. */
  readonly schemaLines: readonly string[]
  readonly files: readonly BackupFile[]
  readonly encryption: { readonly algorithm: 'AES-256-GCM chunks'; readonly recipients: readonly WrappedKey[] } | null
  readonly tools: Readonly<Record<string, string>>
  readonly hookResults: readonly string[]
  readonly previous: { readonly id: string; readonly mac: string } | null
  /** Over everything else, by a key derived from the data key, or by the operator's own key when nothing is encrypted. */
  readonly mac: { readonly by: 'data-key' | 'operator-key'; readonly value: string }
}

/** The manifest before it is sealed. */
export type UnsealedManifest = Omit<BackupManifest, 'mac'>

/** The key of the MAC: a secret that whoever edits the file does not have. */
export interface MacKey {
  readonly by: 'data-key' | 'operator-key'
  readonly key: Buffer
}

/** The MAC key that belongs to a data key. */
export function macKeyOf(dataKey: Buffer): MacKey {
  return { by: 'data-key', key: Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), 'dbops manifest', 32)) }
}

export function sealManifest(manifest: UnsealedManifest, { by, key }: MacKey): BackupManifest {
  return { ...manifest, mac: { by, value: macValue(manifest, key) } }
}

/** @throws {DbopsError} INTEGRITY when anything in the manifest was changed */
export function checkManifest(manifest: BackupManifest, { by, key }: MacKey): void {
  const { mac, ...body } = manifest
  const expected = Buffer.from(`${by} ${macValue(body, key)}`)
  const found = Buffer.from(`${mac?.by} ${mac?.value}`)
  if (found.length !== expected.length || !timingSafeEqual(found, expected))
    throw new DbopsError('INTEGRITY', `the manifest of ${manifest.id} was changed, or belongs to another key`)
}

function macValue(manifest: UnsealedManifest, key: Buffer): string {
  return createHmac('sha256', key).update(canonical(manifest)).digest('hex')
}

/** The same text for the same content, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`
}

/** @throws {DbopsError} INTEGRITY when it is missing, no JSON or of another version */
export function readManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST_NAME)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('INTEGRITY', `${path} cannot be read: no finished backup is there`, { cause })
  }
  return parseManifest(text, path)
}

/** @param path for messages @throws {DbopsError} INTEGRITY when it is no JSON or of another version */
export function parseManifest(text: string, path: string): BackupManifest {
  try {
    const manifest = JSON.parse(text) as BackupManifest
    if (manifest.version === 1 && typeof manifest.id === 'string' && Array.isArray(manifest.files)) return manifest
  } catch {
    // said below
  }
  throw new DbopsError('INTEGRITY', `${path} is damaged`)
}
