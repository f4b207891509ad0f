import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import { type ChangeLog, PRUNE_SETTING } from './change-log-sql.ts'
import { readChangeLog } from './change-log-state.ts'

/** What of the log stays; what one of the rules does not keep is removed. */
export interface ChangeLogRetention {
  /** Changes from this moment on; null for all. */
  readonly since: Date | null
  /** The newest changes, as long as together they are not larger; null for all. */
  readonly mostBytes: number | null
}

/** A run of changes, the oldest of the log. */
export interface RemovedChanges {
  readonly count: number
  /** Null when there is none. */
  readonly firstId: string | null
  readonly lastId: string | null
  readonly oldest: string | null
  readonly newest: string | null
}

export interface PruneOptions {
  readonly admin: ConnectionParameters
  readonly log: ChangeLog
  readonly retention: ChangeLogRetention
  /** Rows that one transaction removes. */
  readonly batchRows: number
  readonly isApplied: boolean
  /** After every transaction. */
  readonly onProgress: (removed: number) => void
}

/**
 * Removes the oldest changes, some at a time so that whoever logs need not wait, each time with an entry in the log itself that says what
 * was removed. @throws {DbopsError} REFUSED without a log that is as installed
 */
export async function pruneChangeLog(options: PruneOptions): Promise<RemovedChanges> {
  const { admin, log, retention, batchRows, isApplied, onProgress } = options
  return await withServer(admin, async (client) => {
    const { isBaseThere } = await readChangeLog(client, log)
    if (!isBaseThere)
      throw new DbopsError(
        'REFUSED',
        `there is no change log in schema ${log.schema}, or it is not as it is installed now`,
        {
          hint: 'dbops changes install --apply',
        },
      )
    const lastId = await lastToGo(client, log, retention)
    const due = await oldestUpTo(client, log, lastId)
    if (!isApplied || due.count === 0) return due
    for (let removed = 0; removed < due.count; ) {
      const count = await removeSome(client, log, lastId, batchRows)
      if (count === 0) break // somebody else was faster
      removed += count
      onProgress(removed)
    }
    await vacuum(client, log)
    return due
  })
}

/** The number of the newest change that no rule keeps; 0 when all stay. Both rules read only as far as they have to. */
async function lastToGo(client: ServerClient, { schema }: ChangeLog, retention: ChangeLogRetention): Promise<string> {
  const changes = `${quoteName(schema)}.changes`
  const { rows } = await client.query<{ id: string }>(
    `select greatest(
      case when $1::timestamptz is not null then coalesce((select id - 1 from ${changes} where at >= $1 order by id limit 1), (select max(id) from ${changes})) end,
      case when $2::numeric is not null then (select id from (
        select id, sum(pg_column_size(c.*)) over (order by id desc) as bytes from ${changes} as c) as sized where bytes > $2 order by id desc limit 1) end,
      0)::text as id`,
    [retention.since, retention.mostBytes],
  )
  return rows[0].id
}

async function oldestUpTo(client: ServerClient, { schema }: ChangeLog, lastId: string): Promise<RemovedChanges> {
  const { rows } = await client.query<RemovedChanges>(
    `select count(*)::float8 as count, min(id)::text as "firstId", max(id)::text as "lastId", ${momentOf('min(at)')} as oldest, ${momentOf('max(at)')} as newest
    from ${quoteName(schema)}.changes where id <= $1`,
    [lastId],
  )
  return rows[0]
}

function momentOf(sql: string): string {
  return `to_char(${sql} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** One transaction: nothing is removed without its entry. */
async function removeSome(
  client: ServerClient,
  { schema, owner }: ChangeLog,
  lastId: string,
  batchRows: number,
): Promise<number> {
  const changes = `${quoteName(schema)}.changes`
  await client.query('begin')
  try {
    await client.query(`set local role ${quoteName(owner)}`)
    await client.query(`set local ${PRUNE_SETTING} = 'on'`)
    const { rows } = await client.query<{ count: number }>(
      `with removed as (
        delete from ${changes} where id in (select id from ${changes} where id <= $1 order by id limit $2) returning id, at)
      insert into ${changes} (session_role, set_role, application_name, client_address, schema_name, table_name, operation, old_values, hidden_columns)
      select session_user, current_user, current_setting('application_name'), inet_client_addr(), $3, 'changes', 'PRUNE', jsonb_build_object(
        'count', count(*), 'first_id', min(id), 'last_id', max(id), 'oldest', ${momentOf('min(at)')}, 'newest', ${momentOf('max(at)')}), '{}'
      from removed having count(*) > 0 returning (old_values ->> 'count')::float8 as count`,
      [lastId, batchRows, schema],
    )
    await client.query('commit')
    return rows[0]?.count ?? 0
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** Makes the room of the removed rows usable again. */
async function vacuum(client: ServerClient, { schema, owner }: ChangeLog): Promise<void> {
  await client.query(`set role ${quoteName(owner)}`)
  await client.query(`vacuum (analyze) ${quoteName(schema)}.changes`)
  await client.query('reset role')
}
