import { quoteName } from '../quote.ts'

/** Owner of the functions: reads statistics, logs in nowhere. */
export const MONITOR_OWNER = 'dbops_monitor_owner'

/**
 * Statements that install `get_database_stats()` and `get_slow_queries()` into a schema (PostgreSQL 13 and newer). The functions run as an
 * owner that may read statistics and nothing else, with a pinned search_path; only `grantee` may call them. Running it twice is fine.
 */
export function monitorInstallSql(schema: string, grantee: string): string[] {
  const place = quoteName(schema)
  return [
    `do $$ begin if to_regrole('${MONITOR_OWNER}') is null then create role ${MONITOR_OWNER} nologin; end if; end $$`,
    `grant pg_monitor to ${MONITOR_OWNER}`,
    `create schema if not exists ${place}`,
    `grant usage, create on schema ${place} to ${MONITOR_OWNER}`,
    // a changed result cannot be replaced
    `drop function if exists ${place}.get_database_stats()`,
    `drop function if exists ${place}.get_slow_queries(int, int)`,
    databaseStats(place),
    slowQueries(place),
    ...['get_database_stats()', 'get_slow_queries(int, int)'].flatMap((name) => [
      `alter function ${place}.${name} owner to ${MONITOR_OWNER}`,
      `revoke all on function ${place}.${name} from public`,
      `grant execute on function ${place}.${name} to ${quoteName(grantee)}`,
    ]),
    `revoke create on schema ${place} from ${MONITOR_OWNER}`,
    `grant usage on schema ${place} to ${quoteName(grantee)}`,
  ]
}

/** Takes everything back. */
export function monitorUninstallSql(schema: string): string[] {
  const place = quoteName(schema)
  return [
    `drop function if exists ${place}.get_database_stats()`,
    `drop function if exists ${place}.get_slow_queries(int, int)`,
  ]
}

/** Never divides by nothing: ratios are NULL where nothing was read. */
function databaseStats(place: string): string {
  return `create function ${place}.get_database_stats() returns table (
      max_connections int, total_connections bigint, active_connections bigint, idle_connections bigint, idle_in_transaction bigint,
      waiting bigint, database_bytes bigint, database_size text, cache_hit_ratio numeric, commit_ratio numeric, deadlocks bigint,
      temp_bytes bigint, conflicts bigint, checksum_failures bigint, stats_reset timestamptz, oldest_transaction interval, wraparound_percent numeric)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
      select current_setting('max_connections')::int, count(a.pid), count(a.pid) filter (where a.state = 'active'),
        count(a.pid) filter (where a.state = 'idle'), count(a.pid) filter (where a.state like 'idle in transaction%'),
        count(a.pid) filter (where a.wait_event_type = 'Lock'), pg_database_size(d.datid), pg_size_pretty(pg_database_size(d.datid)),
        round(d.blks_hit::numeric / nullif(d.blks_hit + d.blks_read, 0), 4),
        round(d.xact_commit::numeric / nullif(d.xact_commit + d.xact_rollback, 0), 4),
        d.deadlocks, d.temp_bytes, d.conflicts, coalesce(d.checksum_failures, 0), d.stats_reset, max(clock_timestamp() - a.xact_start),
        (select round(100 * age(datfrozenxid)::numeric / 2147483648, 2) from pg_database where oid = d.datid)
      from pg_stat_database d left join pg_stat_activity a on a.datid = d.datid and a.backend_type = 'client backend'
      where d.datname = current_database()
      group by d.datid, d.blks_hit, d.blks_read, d.xact_commit, d.xact_rollback, d.deadlocks, d.temp_bytes, d.conflicts, d.checksum_failures, d.stats_reset
    $$`
}

/** Says in plain words what is missing instead of failing on a view that is not there. */
function slowQueries(place: string): string {
  return `create function ${place}.get_slow_queries(min_ms int default 1000, most int default 10) returns table (
      query_id bigint, user_name text, database_name text, query text, calls bigint, total_time numeric, mean_time numeric, max_time numeric,
      rows bigint, cache_hit_ratio numeric)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $body$
    declare place text;
    begin
      select quote_ident(n.nspname) into place from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements';
      if place is null then
        raise exception 'pg_stat_statements is not installed in this database'
          using errcode = 'object_not_in_prerequisite_state', hint = 'create extension pg_stat_statements';
      end if;
      if current_setting('shared_preload_libraries') !~ 'pg_stat_statements' then
        raise exception 'pg_stat_statements is not loaded by the server'
          using errcode = 'object_not_in_prerequisite_state', hint = 'add it to shared_preload_libraries and restart the server';
      end if;
      return query execute format('select s.queryid, pg_get_userbyid(s.userid)::text, d.datname::text, left(s.query, 500), s.calls,
          round(s.total_exec_time::numeric, 3), round(s.mean_exec_time::numeric, 3), round(s.max_exec_time::numeric, 3), s.rows,
          round(s.shared_blks_hit::numeric / nullif(s.shared_blks_hit + s.shared_blks_read, 0), 4)
        from %s.pg_stat_statements s join pg_database d on d.oid = s.dbid
        where s.mean_exec_time >= $1 order by s.mean_exec_time desc limit $2', place) using min_ms, most;
    end $body$`
}
