import type { Metric } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'

const MOST_LABELS = 50

interface Row {
  readonly name: string
  readonly help: string
  readonly label: string | null
  readonly value: string | number | null
}

/** Numbers for Prometheus, straight from the catalogs; at most 50 values of a label. */
export async function serverMetrics(client: ServerClient): Promise<Metric[]> {
  const { rows } = await client.query<Row>(`
    select 'pg_up' as name, 'Whether the server answers' as help, null as label, 1::float8 as value
    union all select 'pg_settings_max_connections', 'max_connections', null, current_setting('max_connections')::float8
    union all select 'pg_stat_activity_count', 'Sessions by state', coalesce(state, 'none'), count(*)::float8 from pg_stat_activity
      where backend_type = 'client backend' group by state
    union all select 'pg_database_size_bytes', 'Size of a database', datname, pg_database_size(oid)::float8 from pg_database
      where has_database_privilege(oid, 'connect') and datallowconn
    union all select 'pg_stat_database_xact_commit', 'Committed transactions', datname, xact_commit::float8 from pg_stat_database where datname is not null
    union all select 'pg_stat_database_xact_rollback', 'Rolled back transactions', datname, xact_rollback::float8 from pg_stat_database where datname is not null
    union all select 'pg_stat_database_deadlocks', 'Deadlocks', datname, deadlocks::float8 from pg_stat_database where datname is not null
    union all select 'pg_stat_database_temp_bytes', 'Bytes of temporary files', datname, temp_bytes::float8 from pg_stat_database where datname is not null
    union all select 'pg_locks_waiting', 'Locks that are waited for', null, count(*)::float8 from pg_locks where not granted
    union all select 'pg_oldest_transaction_seconds', 'Age of the oldest transaction', null,
      coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity where backend_type = 'client backend'
    union all select 'pg_wraparound_ratio', 'Used part of the transaction numbers', datname, age(datfrozenxid) / 2147483648.0 from pg_database
    union all select 'pg_stat_archiver_failed_count', 'WAL segments that could not be archived', null, failed_count::float8 from pg_stat_archiver
    union all select 'pg_replication_slot_inactive', 'Replication slots nobody uses', null, count(*)::float8 from pg_replication_slots where not active
    order by 1, 3`)
  const seen = new Map<string, number>()
  return rows.flatMap(({ name, help, label, value }) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    if (value === null || count > MOST_LABELS) return []
    const labelName = name === 'pg_stat_activity_count' ? 'state' : 'datname'
    return [{ name, help, value: Number(value), ...(label === null ? {} : { labels: { [labelName]: label } }) }]
  })
}

/** Who holds connections, against which limit. */
export async function connectionsByRole(client: ServerClient) {
  const { rows } = await client.query<{
    role: string
    application: string
    state: string
    sessions: number
    limit: number
  }>(
    `select coalesce(usename, 'none') as role, application_name as application, coalesce(state, 'none') as state, count(*)::int as sessions,
      coalesce(max(r.rolconnlimit), -1) as "limit"
    from pg_stat_activity a left join pg_roles r on r.rolname = a.usename where backend_type = 'client backend' group by 1, 2, 3 order by 4 desc, 1, 2`,
  )
  return rows
}

/** Who waits for whom. */
export async function blockedSessions(client: ServerClient) {
  const { rows } = await client.query<{ pid: number; role: string; waitingMs: number; blockers: number[] }>(
    `select pid, usename::text as role, extract(epoch from clock_timestamp() - query_start)::float8 * 1000 as "waitingMs", pg_blocking_pids(pid) as blockers
    from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 order by query_start`,
  )
  return rows
}

/** Indexes nobody reads, twice the same, or broken. */
export async function indexAdvice(client: ServerClient) {
  const { rows } = await client.query<{ index: string; advice: string; bytes: number }>(
    `select i.indexrelid::regclass::text as index, case when not i.indisvalid then 'invalid' when dup.indexrelid is not null then 'duplicate of ' || dup.indexrelid::regclass
        else 'never read' end as advice, pg_relation_size(i.indexrelid)::float8 as bytes
    from pg_index i
      join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
      left join pg_index dup on dup.indrelid = i.indrelid and dup.indkey::text = i.indkey::text and dup.indclass::text = i.indclass::text
        and dup.indexrelid < i.indexrelid and dup.indpred is not distinct from i.indpred and dup.indexprs is not distinct from i.indexprs
    where not i.indisvalid or dup.indexrelid is not null or (s.idx_scan = 0 and not i.indisunique) order by 3 desc`,
  )
  return rows
}
