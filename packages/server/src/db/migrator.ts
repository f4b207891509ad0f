import { sql } from 'kysely'
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration'
import { ServiceError } from '../errors.ts'
import { columnTypesOf } from './column-types.ts'
import { schemaSteps } from './migrations/index.ts'
import type { OpenDatabase } from './open-database.ts'

const TABLE = 'schema_migrations'
const LOCK_TABLE = 'schema_migrations_lock'

/** A step and when it was applied; null when it was not. */
export interface AppliedStep {
  readonly name: string
  readonly description: string
  readonly appliedAt: string | null
}

/** Name of the step the database stands at; null when it is empty. */
export async function currentStep(database: OpenDatabase): Promise<string | null> {
  return (await appliedNames(database)).at(-1) ?? null
}

/** All steps, oldest first. */
export async function stepHistory(database: OpenDatabase): Promise<AppliedStep[]> {
  const applied = new Map((await appliedRows(database)).map(({ name, timestamp }) => [name, timestamp]))
  return schemaSteps.map(({ name, description }) => ({ name, description, appliedAt: applied.get(name) ?? null }))
}

/**
 * Applies steps up to the last, or only the next. Several instances may start at once: one migrates, the others wait.
 * @returns the names applied. @throws {ServiceError} SCHEMA_NEWER, MIGRATION_FAILED
 */
export async function upgrade(database: OpenDatabase, target: 'head' | '+1' = 'head'): Promise<string[]> {
  await refuseNewerSchema(database)
  const migrator = newMigrator(database)
  return namesOf(await (target === 'head' ? migrator.migrateToLatest() : migrator.migrateUp()))
}

/** Takes back the newest step. @throws {ServiceError} SCHEMA_NEWER, MIGRATION_FAILED */
export async function downgrade(database: OpenDatabase): Promise<string[]> {
  await refuseNewerSchema(database)
  return namesOf(await newMigrator(database).migrateDown())
}

/**
 * Notes that the database stands at a step without running anything, as for one that was made by hand.
 * @throws {ServiceError} MIGRATION_NOT_FOUND
 */
export async function stamp(database: OpenDatabase, target: string): Promise<void> {
  const last = target === 'head' ? schemaSteps.length - 1 : schemaSteps.findIndex(({ name }) => name === target)
  if (last < 0) {
    throw new ServiceError('MIGRATION_NOT_FOUND', `there is no step ${target}`, {
      hint: `choose head or one of ${schemaSteps.map(({ name }) => name).join(', ')}`,
    })
  }
  // makes the tables of the migrator where they are missing
  await newMigrator(database).getMigrations()
  await sql`create table if not exists ${sql.table(TABLE)} (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
    database.query,
  )
  await sql`delete from ${sql.table(TABLE)}`.execute(database.query)
  for (const { name } of schemaSteps.slice(0, last + 1)) {
    const timestamp = new Date().toISOString()
    await sql`insert into ${sql.table(TABLE)} (name, timestamp) values (${name}, ${timestamp})`.execute(database.query)
  }
}

/** @throws {ServiceError} SCHEMA_NEWER when the database holds steps that this version does not know. */
export async function refuseNewerSchema(database: OpenDatabase): Promise<void> {
  const known = new Set(schemaSteps.map(({ name }) => name))
  const unknown = (await appliedNames(database)).filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw new ServiceError('SCHEMA_NEWER', `the database is newer than this version: it holds ${unknown.join(', ')}`, {
    hint: 'run the version of the service that made it, or one after it',
  })
}

/** True when every step was applied. */
export async function isUpToDate(database: OpenDatabase): Promise<boolean> {
  return (await currentStep(database)) === schemaSteps.at(-1)?.name
}

function newMigrator({ query, dialect }: OpenDatabase): Migrator {
  const types = columnTypesOf(dialect)
  const migrations = Object.fromEntries(
    schemaSteps.map((step): [string, Migration] => [
      step.name,
      { up: (database) => step.up(database, types), down: (database) => step.down(database, types) },
    ]),
  )
  return new Migrator({
    db: query,
    provider: { getMigrations: async () => migrations },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
  })
}

function namesOf({ error, results }: MigrationResultSet): string[] {
  const failed = results?.find(({ status }) => status === 'Error')
  if (error !== undefined) {
    const where = failed === undefined ? '' : ` at ${failed.migrationName}`
    const reason = error instanceof Error ? error.message : String(error)
    throw new ServiceError('MIGRATION_FAILED', `the schema could not be changed${where}: ${reason}`, { cause: error })
  }
  return results?.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName) ?? []
}

async function appliedNames(database: OpenDatabase): Promise<string[]> {
  return (await appliedRows(database)).map(({ name }) => name)
}

async function appliedRows({ query }: OpenDatabase): Promise<{ name: string; timestamp: string }[]> {
  const tables = await query.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === TABLE)) return []
  const { rows } = await sql<{
    name: string
    timestamp: string
  }>`select name, timestamp from ${sql.table(TABLE)} order by name`.execute(query)
  return rows
}
