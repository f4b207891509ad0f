import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { listArchive, loadArchive } from './archive.ts'
import type { LoadOptions } from './load-dump.ts'
import type { BackupFile, BackupManifest } from './manifest.ts'
import { makeSchemas } from './selected-schemas.ts'

/** What of a backup is wanted back: whole schemas, or single tables with what their schema needs. */
export interface RestoreSelection {
  readonly schemas: readonly string[]
  readonly tables: readonly { readonly schema: string; readonly table: string }[]
}

/** What one restores by its table of contents. */
const sections = ['pre-data', 'data', 'post-data'] as const

/**
 * Loads what was chosen, from the archives' tables of contents. A schema comes whole. Of a single table the schema comes too, with its
 * types, functions and other tables, but only the rows of the table, and without foreign keys, which other rows would have to fulfil.
 * @throws {DbopsError} USAGE when the backup does not hold what is wanted, CHILD_FAILED when it needs what was not chosen
 */
export async function loadSelected(options: LoadOptions, selection: RestoreSelection): Promise<void> {
  const { manifest, database, binaries } = options
  const [main, ...parts] = manifest.files.filter(({ holds }) => holds === 'dump' || holds === 'dump-part')
  if (main?.format !== 'custom') throw new DbopsError('USAGE', 'of a plain dump nothing can be chosen: it is one text')
  const folder = mkdtempSync(join(tmpdir(), 'dbops-restore-'))
  try {
    for (const section of sections)
      for (const file of section === 'data' ? [main, ...parts] : [main]) {
        const lines = await listArchive({ ...options, file }, database, [`--section=${section}`], binaries)
        const chosen = lines.filter((line) => isChosen(line, selection))
        if (section === 'pre-data') {
          requireAll(chosen, selection)
          await makeSchemas(database, manifest, dumpedAlone(manifest, selection))
        }
        if (chosen.length > 0) await loadList({ ...options, file }, folder, chosen)
      }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tables that were wanted back and dumped without their schema. */
function dumpedAlone({ selection }: BackupManifest, { tables }: RestoreSelection): string[] {
  const dumped = selection?.tables ?? []
  return tables.map(({ schema, table }) => `${schema}.${table}`).filter((name) => dumped.includes(name))
}

async function loadList(
  options: LoadOptions & { readonly file: BackupFile },
  folder: string,
  lines: readonly string[],
) {
  const path = join(folder, 'list')
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  const words = [`--use-list=${path}`, '--single-transaction']
  await loadArchive(options, options.database, words, options.binaries)
}

/** Entries are `number; number number KIND schema name owner`; what lies in no schema has a dash for it. */
export function isChosen(line: string, { schemas, tables }: RestoreSelection): boolean {
  const entry = line.replace(/^\d+; \d+ \d+ /, '')
  const isIn = (schema: string): boolean => isInSchema(entry, schema)
  if (/^(COMMENT - )?EXTENSION /.test(entry)) return true
  if (/^PUBLICATION TABLE/.test(entry)) return false // publications lie in no schema, and are not chosen
  if (schemas.some((schema) => isSchemaItself(entry, schema) || isIn(schema))) return true
  return tables.some(({ schema, table }) => {
    if (isSchemaItself(entry, schema)) return true
    if (!isIn(schema) || /^(FK CONSTRAINT|TRIGGER|MATERIALIZED VIEW DATA) /.test(entry)) return false
    return !/^TABLE DATA /.test(entry) || entry.startsWith(`TABLE DATA ${schema} ${table} `)
  })
}

/** The schema stands behind the kind, which is one or more words in capitals; a name may hold spaces. */
function isInSchema(entry: string, schema: string): boolean {
  return new RegExp(`^[A-Z]+( [A-Z]+)* ${escaped(schema)} `).test(entry)
}

function isSchemaItself(entry: string, schema: string): boolean {
  return (
    entry.startsWith(`SCHEMA - ${schema} `) || new RegExp(`^(ACL|COMMENT) - SCHEMA ${escaped(schema)} `).test(entry)
  )
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function requireAll(chosen: readonly string[], { schemas, tables }: RestoreSelection): void {
  const has = (pattern: string): boolean => chosen.some((line) => line.includes(pattern))
  const missing = [
    ...schemas
      .filter((schema) => schema !== 'public' && !has(` SCHEMA - ${schema} `))
      .map((schema) => `schema ${schema}`),
    ...tables
      .filter(({ schema, table }) => !has(` TABLE ${schema} ${table} `))
      .map(({ schema, table }) => `table ${schema}.${table}`),
  ]
  if (missing.length > 0) throw new DbopsError('USAGE', `the backup holds no ${missing.join(', ')}`)
}
