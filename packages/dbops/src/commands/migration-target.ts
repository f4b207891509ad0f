import { resolve } from 'node:path'
import { type Call, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import type { MigrationState } from '../migrations/ledger.ts'
import { type MigrationOptions, migrationStates } from '../migrations/migrate.ts'
import { readMigrations } from '../migrations/migration-files.ts'

/** Options of every command about migrations. */
export const migrationOptions = [
  { flags: '--folder <path>', description: 'with files like 0007_add_index.up.sql and 0007_add_index.down.sql' },
  { flags: '--schema <name>', description: 'where the ledger dbops_migrations stands (default: public)' },
  { flags: '--as <role>', description: 'role that is to own what is made, such as the owner of the schema' },
  { flags: '--lock-timeout <seconds>', description: 'how long a statement may wait for others (default: 10)' },
] as const

/** What a rollback of the schema has to find again. */
export interface SchemaBefore {
  readonly folder: string
  readonly schema: string
  readonly as: string | null
  /** Null for a database without any migration. */
  readonly version: string | null
}

/** What the options call for. @throws {DbopsError} USAGE */
export function migrationsOf(call: Call): MigrationOptions {
  return {
    server: call.target(),
    migrations: readMigrations(folderOf(call)),
    schema: textOption(call, 'schema') ?? 'public',
    as: textOption(call, 'as'),
    lockTimeoutMs: numberOption(call, 'lockTimeout', 10) * 1000,
    onProgress: call.progress,
  }
}

export function folderOf(call: Call): string {
  return resolve(call.workingFolder, requiredOption(call, 'folder', '--folder'))
}

/** Where the schema stands now, to be found again. @throws {DbopsError} */
export async function schemaNow(call: Call): Promise<SchemaBefore> {
  const options = migrationsOf(call)
  const { schema = 'public', as = null } = options
  return { folder: folderOf(call), schema, as, version: versionOf(await migrationStates(options)) }
}

/** The version that stands last; null for none. */
export function versionOf(states: readonly MigrationState[]): string | null {
  return states.findLast(({ state }) => state === 'applied')?.version ?? null
}
