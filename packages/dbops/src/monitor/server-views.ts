/** What can be looked at in detail, each as one query; sizes in bytes, ages in seconds. */
export const serverViews: Readonly<Record<string, string>> = {
  transactions: `select pid, usename as role, application_name as application, state,
      round(extract(epoch from clock_timestamp() - xact_start))::int as seconds, age(backend_xmin) as "holdsBack"
    from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() order by xact_start limit 50`,
  prepared: `select gid, owner as role, database, round(extract(epoch from clock_timestamp() - prepared))::int as seconds
    from pg_prepared_xacts order by prepared`,
  // dead rows and pages that the rows would not fill: an estimate from statistics, for who may read the table
  tables: `select s.relid::regclass::text as "table", pg_total_relation_size(s.relid)::float8 as bytes, n_live_tup as live, n_dead_tup as dead,
      case when c.relpages > 8 and c.reltuples > 0 and w.columns > 0 then greatest(0, round((1 - c.reltuples * w.width / (c.relpages * current_setting('block_size')::numeric))::numeric, 2)) end as "bloatRatio",
      greatest(last_vacuum, last_autovacuum) as vacuumed, greatest(last_analyze, last_autoanalyze) as analyzed
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid,
      lateral (select count(*) as columns, 28 + coalesce(sum(avg_width * (1 - null_frac)), 0) as width from pg_stats where schemaname = s.schemaname and tablename = s.relname) w
    order by 2 desc limit 50`,
  sequences: `select format('%I.%I', schemaname, sequencename) as sequence, last_value::text as "lastValue", max_value::text as "maxValue",
      round(last_value::numeric / nullif(max_value, 0), 4)::float8 as used
    from pg_sequences where increment_by > 0 and not cycle order by used desc nulls last limit 50`,
  'foreign-keys': `select c.conrelid::regclass::text as "table", c.conname as "foreignKey", pg_relation_size(c.conrelid)::float8 as bytes
    from pg_constraint c where contype = 'f' and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indisvalid
      and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey) order by 3 desc limit 50`,
  replication: `select 'standby' as kind, coalesce(nullif(application_name, ''), host(client_addr), 'local') as name, state,
      pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, replay_lsn)::float8 as "lagBytes",
      round(extract(epoch from replay_lag))::int as "lagSeconds" from pg_stat_replication
    union all select 'slot', slot_name, case when active then 'active' else 'idle' end,
      pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn)::float8, null
      from pg_replication_slots order by 1, 4 desc nulls last`,
  wal: `select wal_bytes::float8 as bytes, round(wal_bytes / greatest(1, extract(epoch from clock_timestamp() - w.stats_reset)))::float8 as "bytesPerSecond",
      current_setting('archive_mode') as "archiveMode", archived_count::int as archived, failed_count::int as failed,
      last_archived_time as "lastArchived", last_failed_time as "lastFailed"
    from pg_stat_wal w, pg_stat_archiver`,
}
