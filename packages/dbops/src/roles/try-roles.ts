import { join } from 'node:path'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import type { Environment } from '../environment.ts'
import { logsIn, type RoleSpec } from './role-spec.ts'
import { type TrialResult, tryRole } from './role-trial.ts'

export interface TryRolesOptions {
  readonly admin: ConnectionParameters
  readonly spec: RoleSpec
  /** Folder with one file per login that holds its password. */
  readonly passwordFolder: string
  readonly environment: Environment
  /** A database that no role may enter; null when there is none. */
  readonly otherDatabase: string | null
}

/** Logs in as every role that may and tries everything. @throws {DbopsError} SECRET_MISSING, or what a login came to */
export async function tryRoles(options: TryRolesOptions): Promise<TrialResult[]> {
  const { spec, passwordFolder, environment, otherDatabase } = options
  const admin = { ...options.admin, database: spec.database }
  const table = await withServer(admin, (client) => someTable(client, spec))
  const results: TrialResult[] = []
  for (const { name, kind } of spec.roles.filter((role) => logsIn(role.kind))) {
    const password = readSecretFile({ path: join(passwordFolder, name), environment })
    results.push(...(await tryRole({ login: { ...admin, user: name, password }, kind, spec, table, otherDatabase })))
  }
  return results
}

/** The first table with a column that may be written. */
async function someTable(client: ServerClient, { schemas }: RoleSpec) {
  const { rows } = await client.query<{ schema: string; name: string; column: string }>(
    `select n.nspname as schema, c.relname as name, a.attname as column from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
      where n.nspname = any($1) and c.relkind = 'r' order by c.relname, a.attnum limit 1`,
    [schemas],
  )
  return rows[0] ?? null
}
