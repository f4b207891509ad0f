import type { FastifyBaseLogger } from 'fastify'
import type { OpenDatabase } from '../db/open-database.ts'
import type { Changes } from './changes.ts'
import { PostgresChanges } from './postgres-changes.ts'
import { SqliteChanges } from './sqlite-changes.ts'

/** As the database tells of them. */
export function openChanges(database: OpenDatabase, log: FastifyBaseLogger): Changes {
  const { changeStamp } = database
  return changeStamp === null ? new PostgresChanges(database, log) : new SqliteChanges(changeStamp)
}
