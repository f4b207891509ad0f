import { quoteName } from '@pcap-analyzer/dbops'
import { sql } from 'kysely'
import { ServiceError } from '../errors.ts'
import type { OpenDatabase } from './open-database.ts'

/** Lines of the audit trail are written and read, never changed. */
const APPEND_ONLY: readonly string[] = ['audit_events']

/**
 * Lets a login that owns nothing use the tables: rows may be read and written, nothing of the schema changed, the audit trail only grown.
 * Call it as the owner, after each upgrade; twice is fine.
 */
export async function grantApplicationLogin({ query }: OpenDatabase, login: string): Promise<void> {
  const tables = (await query.introspection.getTables()).filter(({ isView }) => !isView).map(({ name }) => name)
  const role = quoteName(login)
  const texts = [
    `grant usage on schema public to ${role}`,
    `grant usage, select on all sequences in schema public to ${role}`,
    ...tables.map((table) => {
      const rights = APPEND_ONLY.includes(table) ? 'select, insert' : 'select, insert, update, delete'
      return `grant ${rights} on ${quoteName(table)} to ${role}`
    }),
    `grant select on schema_migrations to ${role}`,
  ]
  await query.transaction().execute(async (transaction) => {
    for (const text of texts) await sql.raw(text).execute(transaction)
  })
}

/** What makes a login too mighty for row-level security to bind it, one sentence each. */
export async function loginProblems(database: OpenDatabase): Promise<string[]> {
  if (database.dialect !== 'postgres') return []
  const { rows } = await sql<{
    login: string
    is_superuser: boolean
    bypasses: boolean
    owns: boolean
  }>`select current_user as login, rolsuper as is_superuser, rolbypassrls as bypasses,
       exists (select from pg_tables where schemaname = 'public' and tablename = 'tasks' and tableowner = current_user) as owns
     from pg_roles where rolname = current_user`.execute(database.query)
  const found = rows[0]
  if (found === undefined) throw new ServiceError('DATABASE_UNREACHABLE', 'the server does not know who is logged in')
  return [
    ...(found.is_superuser ? [`${found.login} is a superuser: row-level security does not bind it`] : []),
    ...(found.bypasses && !found.is_superuser
      ? [`${found.login} has BYPASSRLS: row-level security does not bind it`]
      : []),
    ...(found.owns && !found.is_superuser
      ? [`${found.login} owns the tables: it can take row-level security off`]
      : []),
  ]
}
