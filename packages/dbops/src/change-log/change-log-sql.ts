import { quoteName, quoteText } from '../quote.ts'

/** Where the log is and who owns it. */
export interface ChangeLog {
  readonly schema: string
  /** A role that nobody logs in as. */
  readonly owner: string
}

/** A table whose changes are logged. */
export interface LoggedTable {
  readonly schema: string
  readonly table: string
  /** Columns of the primary key; without one, every column that is not secret tells the row. */
  readonly keyColumns: readonly string[]
  /** Columns whose values are never logged. */
  readonly secretColumns: readonly string[]
}

/** Names of the triggers on a logged table; the second one is for TRUNCATE. */
export const CHANGE_TRIGGERS = ['dbops_change_log', 'dbops_change_log_truncate'] as const

/** What an entry tells, besides its number, time and transaction. */
export const ENTRY_COLUMNS = [
  'session_role',
  'set_role',
  'application_name',
  'client_address',
  'schema_name',
  'table_name',
  'operation',
  'row_key',
  'old_values',
  'new_values',
  'hidden_columns',
] as const

/** What the trigger gets: secret columns as an array of text, then the columns of the key. */
export function triggerArguments({ secretColumns, keyColumns }: LoggedTable): string[] {
  const secrets = secretColumns.map((name) => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
  return [`{${secrets.join(',')}}`, ...keyColumns]
}

/**
 * Body of the trigger function. A secret column that is no longer there was perhaps renamed: then no values are logged at all, only that
 * something happened. An update that changes nothing is no change.
 */
export function recordBody({ schema }: ChangeLog): string {
  return `
declare
  secrets constant text[] := tg_argv[0]::text[];
  old_row jsonb := case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end;
  new_row jsonb := case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end;
  known jsonb := coalesce(old_row, new_row);
  is_sure constant boolean := known is null or known ?& secrets;
  row_key jsonb;
  hidden text[];
begin
  if tg_op = 'UPDATE' and old_row = new_row then
    return null;
  end if;
  hidden := array(select name from unnest(secrets) as name
    where not is_sure or old_row is null or new_row is null or old_row -> name is distinct from new_row -> name);
  if tg_op = 'TRUNCATE' then
    row_key := null;
  elsif is_sure then
    if tg_nargs > 1 then
      select jsonb_object_agg(tg_argv[n], known -> tg_argv[n]) into row_key from generate_series(1, tg_nargs - 1) as n;
    else
      row_key := known - secrets;
    end if;
    if tg_op = 'UPDATE' then
      select coalesce(jsonb_object_agg(o.key, o.value), '{}'), coalesce(jsonb_object_agg(o.key, new_row -> o.key), '{}')
        into old_row, new_row from jsonb_each(old_row - secrets) as o where o.value is distinct from new_row -> o.key;
    else
      old_row := old_row - secrets;
      new_row := new_row - secrets;
    end if;
  else
    old_row := null;
    new_row := null;
  end if;
  insert into ${quoteName(schema)}.changes
    (${ENTRY_COLUMNS.join(', ')})
  values (session_user, nullif(current_setting('role'), 'none'), current_setting('application_name'), inet_client_addr(),
    tg_table_schema, tg_table_name, tg_op, row_key, old_row, new_row, case when tg_op = 'TRUNCATE' then '{}' else hidden end);
  return null;
end`
}

/** What a session says that removes by a rule of retention; it helps only who took on the role of the owner. */
export const PRUNE_SETTING = 'dbops.change_log_prune'

/** Body of the trigger on the log. The function runs as its owner, so it asks for the role that was set. */
export function refuseBody({ owner }: ChangeLog): string {
  return `
begin
  if tg_op = 'DELETE' and current_setting('role') = ${quoteText(owner)} and current_setting(${quoteText(PRUNE_SETTING)}, true) = 'on' then
    return null;
  end if;
  raise exception 'the change log is only added to' using errcode = 'object_not_in_prerequisite_state';
end`
}

/** Makes schema, tables and functions as their owner; they are there afterwards whether or not they were before. */
export function baseSql(log: ChangeLog, isOwnerThere: boolean): string[] {
  const schema = quoteName(log.schema)
  const owner = quoteName(log.owner)
  const header = 'returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as'
  return [
    ...(isOwnerThere ? [] : [`create role ${owner} nologin`]),
    // an administrator who is no superuser has to be a member of whom he makes things for
    `do ${quoteText(`begin if not pg_has_role(${quoteText(log.owner)}, 'member') then execute format('grant %I to %I', ${quoteText(log.owner)}, current_user); end if; end`)}`,
    `create schema if not exists ${schema} authorization ${owner}`,
    `set local role ${owner}`,
    `create table if not exists ${schema}.changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  session_role name not null, set_role name, application_name text, client_address inet,
  schema_name name not null, table_name name not null, operation text not null,
  row_key jsonb, old_values jsonb, new_values jsonb, hidden_columns text[] not null)`,
    `create table if not exists ${schema}.tables (
  schema_name name, table_name name, key_columns text[] not null, secret_columns text[] not null, primary key (schema_name, table_name))`,
    `create or replace function ${schema}.record() ${header} ${quoteText(recordBody(log))}`,
    `create or replace function ${schema}.refuse() ${header} ${quoteText(refuseBody(log))}`,
    `create or replace trigger only_added_to before update or delete or truncate on ${schema}.changes for each statement execute function ${schema}.refuse()`,
    `alter table ${schema}.changes enable always trigger only_added_to`,
    `revoke all on schema ${schema} from public`,
    `revoke all on all tables in schema ${schema} from public`,
    `revoke all on all functions in schema ${schema} from public`,
    'reset role',
  ]
}

/** Puts the triggers on a table, also where replication or a restore switches ordinary triggers off. */
export function tableSql({ schema }: ChangeLog, table: LoggedTable): string[] {
  const name = `${quoteName(table.schema)}.${quoteName(table.table)}`
  const [each, truncate] = CHANGE_TRIGGERS
  const call = `execute function ${quoteName(schema)}.record(${triggerArguments(table).map(quoteText).join(', ')})`
  const values = [table.schema, table.table].map(quoteText).join(', ')
  const arrays = [table.keyColumns, table.secretColumns].map(
    (list) => `array[${list.map(quoteText).join(', ')}]::text[]`,
  )
  return [
    `create or replace trigger ${each} after insert or update or delete on ${name} for each row ${call}`,
    `create or replace trigger ${truncate} after truncate on ${name} for each statement ${call}`,
    ...CHANGE_TRIGGERS.map((trigger) => `alter table ${name} enable always trigger ${trigger}`),
    `insert into ${quoteName(schema)}.tables values (${values}, ${arrays.join(', ')}) on conflict (schema_name, table_name) do update set key_columns = excluded.key_columns, secret_columns = excluded.secret_columns`,
  ]
}

/** Lets a role read the log, and nothing else. */
export function readerSql({ schema }: ChangeLog, reader: string): string[] {
  return [
    `grant usage on schema ${quoteName(schema)} to ${quoteName(reader)}`,
    `grant select on ${quoteName(schema)}.changes to ${quoteName(reader)}`,
  ]
}

/** Takes a table out of the log; what was logged stays. */
export function removeTableSql(
  { schema }: ChangeLog,
  table: { schema: string; table: string; isThere: boolean },
): string[] {
  const name = `${quoteName(table.schema)}.${quoteName(table.table)}`
  return [
    ...(table.isThere ? CHANGE_TRIGGERS.map((trigger) => `drop trigger if exists ${trigger} on ${name}`) : []),
    `delete from ${quoteName(schema)}.tables where schema_name = ${quoteText(table.schema)} and table_name = ${quoteText(table.table)}`,
  ]
}

/** Drops the log with its rows; the owner stays, for he may own logs of other databases. */
export function dropLogSql({ schema }: ChangeLog): string[] {
  const name = quoteName(schema)
  return [
    `drop table ${name}.changes, ${name}.tables`,
    `drop function ${name}.record(), ${name}.refuse()`,
    `drop schema ${name}`,
  ]
}
