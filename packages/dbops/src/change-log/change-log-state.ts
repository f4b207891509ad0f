import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import {
  CHANGE_TRIGGERS,
  type ChangeLog,
  type LoggedTable,
  recordBody,
  refuseBody,
  triggerArguments,
} from './change-log-sql.ts'

export interface ChangeLogState {
  readonly isOwnerThere: boolean
  /** Schema, tables and functions are there as they should be. */
  readonly isBaseThere: boolean
  readonly tables: readonly LoggedTable[]
}

/** What of the log is there. @throws {DbopsError} REFUSED when the owner is a role that may log in, or the schema is somebody else's */
export async function readChangeLog(client: ServerClient, log: ChangeLog): Promise<ChangeLogState> {
  const { rows: owners } = await client.query<{ canLogin: boolean }>(
    'select rolcanlogin or rolsuper as "canLogin" from pg_roles where rolname = $1',
    [log.owner],
  )
  if (owners[0]?.canLogin)
    throw new DbopsError('REFUSED', `role ${log.owner} may log in or is a superuser: it cannot own a change log`, {
      hint: 'name another role with --owner; it is made',
    })
  const { rows: schemas } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(nspowner)::text as owner from pg_namespace where nspname = $1',
    [log.schema],
  )
  if (schemas.length > 0 && schemas[0].owner !== log.owner)
    throw new DbopsError('REFUSED', `schema ${log.schema} belongs to ${schemas[0].owner}, not to ${log.owner}`, {
      hint: 'name another schema with --schema',
    })
  const { rows: base } = await client.query<{ tables: number; isSound: boolean }>(
    `select (select count(*)::int from pg_class c where c.relnamespace = n.oid and c.relkind = 'r' and c.relowner = n.nspowner
        and c.relname in ('changes', 'tables')) as tables,
      exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = 'record' and p.prosrc = $2 and p.prosecdef
        and p.proowner = n.nspowner and p.proconfig = '{"search_path=pg_catalog, pg_temp"}'
        and not has_function_privilege('public', p.oid, 'execute'))
      and exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = 'refuse' and p.prosrc = $3 and p.proowner = n.nspowner)
      and exists (select from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = n.oid and c.relname = 'changes' and t.tgname = 'only_added_to' and t.tgenabled = 'A') as "isSound"
    from pg_namespace n where n.nspname = $1`,
    [log.schema, recordBody(log), refuseBody(log)],
  )
  const hasTables = base[0]?.tables === 2
  const tables = hasTables ? await loggedTables(client, log) : []
  return { isOwnerThere: owners.length > 0, isBaseThere: hasTables && base[0].isSound, tables }
}

async function loggedTables(client: ServerClient, { schema }: ChangeLog): Promise<LoggedTable[]> {
  const { rows } = await client.query<LoggedTable>(
    `select schema_name::text as schema, table_name::text as table, key_columns as "keyColumns", secret_columns as "secretColumns"
    from ${client.escapeIdentifier(schema)}.tables order by 1, 2`,
  )
  return rows
}

/** The table with the key it has now. @throws {DbopsError} USAGE when it, or a secret column, is not there; REFUSED when it cannot be logged */
export async function findTable(
  client: ServerClient,
  { schema, table, secretColumns }: Omit<LoggedTable, 'keyColumns'>,
): Promise<LoggedTable> {
  const { rows } = await client.query<{ kind: string; keyColumns: string[]; columns: string[] }>(
    `select c.relkind as kind,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      array(select a.attname::text from pg_index i cross join unnest(i.indkey) with ordinality as k (number, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary order by k.place) as "keyColumns"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [schema, table],
  )
  const name = `${schema}.${table}`
  if (rows.length === 0) throw new DbopsError('USAGE', `table ${name} is not there`)
  const [{ kind, keyColumns, columns }] = rows
  if (kind !== 'r')
    throw new DbopsError('REFUSED', `${name} is no ordinary table`, {
      hint: 'of a partitioned table, name the partitions; of a view, what it reads',
    })
  for (const column of secretColumns) {
    if (!columns.includes(column)) throw new DbopsError('USAGE', `${name} has no column ${column}`)
    if (keyColumns.includes(column))
      throw new DbopsError('REFUSED', `column ${column} of ${name} is secret and belongs to its key`)
  }
  return { schema, table, keyColumns, secretColumns: [...secretColumns] }
}

/** What is wrong with the triggers of a table; empty when they fire, always, with the right arguments. */
export async function triggerProblems(client: ServerClient, log: ChangeLog, table: LoggedTable): Promise<string[]> {
  const { rows } = await client.query<{ name: string; enabled: string; isOurs: boolean; args: Buffer }>(
    `select t.tgname::text as name, t.tgenabled as enabled, t.tgargs as args,
      p.proname = 'record' and p.pronamespace = to_regnamespace(quote_ident($4)) and t.tgqual is null and t.tgattr = '' and t.tgtype =
        case t.tgname when $5 then 29 else 32 end as "isOurs"
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_proc p on p.oid = t.tgfoid
    where n.nspname = $1 and c.relname = $2 and t.tgname = any($3)`,
    [table.schema, table.table, CHANGE_TRIGGERS, log.schema, CHANGE_TRIGGERS[0]],
  )
  const wanted = Buffer.from(
    triggerArguments(table)
      .map((word) => `${word}\0`)
      .join(''),
  )
  return CHANGE_TRIGGERS.flatMap((name) => {
    const found = rows.find((row) => row.name === name)
    if (found === undefined) return [`trigger ${name} is missing`]
    if (found.enabled !== 'A') return [`trigger ${name} is not always enabled`]
    return found.isOurs && found.args.equals(wanted) ? [] : [`trigger ${name} is not the one that was installed`]
  })
}
