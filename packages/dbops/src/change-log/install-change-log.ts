import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { inTransaction } from '../roles/apply-roles.ts'
import { baseSql, type ChangeLog, type LoggedTable, readerSql, tableSql } from './change-log-sql.ts'
import { findTable, readChangeLog, triggerProblems } from './change-log-state.ts'

export interface InstallChangeLogOptions {
  readonly admin: ConnectionParameters
  readonly log: ChangeLog
  readonly tables: readonly Omit<LoggedTable, 'keyColumns'>[]
  readonly readers: readonly string[]
  readonly isApplied: boolean
}

/** The statements that are missing; done in one transaction when it is to be applied. @throws {DbopsError} USAGE, REFUSED */
export async function installChangeLog(options: InstallChangeLogOptions): Promise<string[]> {
  const { admin, log, tables, readers, isApplied } = options
  return await withServer(admin, async (client) => {
    const state = await readChangeLog(client, log)
    const statements = state.isBaseThere ? [] : baseSql(log, state.isOwnerThere)
    for (const wanted of tables) {
      if (wanted.schema === log.schema) throw new DbopsError('REFUSED', 'the log cannot log itself')
      const table = await findTable(client, wanted)
      const known = state.tables.find((one) => one.schema === table.schema && one.table === table.table)
      const isSame = known !== undefined && JSON.stringify(known) === JSON.stringify(table)
      if (isSame && (await triggerProblems(client, log, table)).length === 0) continue
      statements.push(...tableSql(log, table))
    }
    for (const reader of readers)
      if (!state.isBaseThere || !(await mayRead(client, log, reader))) statements.push(...readerSql(log, reader))
    if (isApplied) await inTransaction(client, statements)
    return statements
  })
}

async function mayRead(client: ServerClient, { schema }: ChangeLog, role: string): Promise<boolean> {
  const name = client.escapeIdentifier(schema)
  const { rows } = await client.query<{ mayRead: boolean }>(
    `select has_table_privilege(rolname, $1, 'select') and has_schema_privilege(rolname, $2, 'usage') as "mayRead" from pg_roles where rolname = $3`,
    [`${name}.changes`, schema, role],
  )
  if (rows.length === 0) throw new DbopsError('USAGE', `role ${role} is not there`)
  return rows[0].mayRead
}
