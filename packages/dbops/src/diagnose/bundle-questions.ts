/** What a bundle asks a server, by section: names and numbers, never a row of the application or the text of a statement. */
export const bundleQuestions: Readonly<Record<string, string>> = {
  server: `select version(), pg_postmaster_start_time()::text as started, pg_is_in_recovery() as in_recovery, current_user as role,
    (select rolsuper from pg_roles where rolname = current_user) as is_superuser, current_database() as database,
    (select datcollate from pg_database where datname = current_database()) as collation`,
  // commands may hold anything: only whether they are set
  settings: `select name, case when name ~ '(_command|conninfo|passphrase)' then case when setting in ('', '(disabled)') then '' else '(set)' end
      else setting end as setting, unit, source, pending_restart
    from pg_settings where source not in ('default', 'client', 'session') or pending_restart order by name`,
  extensions: 'select extname as name, extversion as version from pg_extension order by 1',
  databases: `select datname as name, case when has_database_privilege(oid, 'connect') then pg_database_size(oid)::float8 end as bytes, datconnlimit as connection_limit,
    age(datfrozenxid) as transaction_age from pg_database order by 1`,
  roles: `select rolname as name, rolsuper as is_superuser, rolcanlogin as may_log_in, rolbypassrls as bypasses_policies, rolreplication as replicates,
    rolconnlimit as connection_limit, rolvaliduntil::text as valid_until from pg_roles where rolname !~ '^pg_' order by 1`,
  sessions: `select usename as role, datname as database, state, wait_event_type, wait_event, count(*)::int as sessions,
    round(extract(epoch from max(clock_timestamp() - xact_start)))::float8 as longest_transaction_seconds
    from pg_stat_activity where backend_type = 'client backend' group by 1, 2, 3, 4, 5 order by 6 desc`,
  waits: `select pid, usename as role, pg_blocking_pids(pid) as blockers, round(extract(epoch from clock_timestamp() - query_start))::float8 as seconds
    from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0`,
  tables: `select relid::regclass::text as name, pg_total_relation_size(relid)::float8 as bytes, n_live_tup as live_rows, n_dead_tup as dead_rows,
    last_vacuum::text, last_autovacuum::text, last_analyze::text, last_autoanalyze::text
    from pg_stat_user_tables order by 2 desc limit 50`,
  replication: `select application_name as application, state, sync_state, extract(epoch from replay_lag)::float8 as replay_lag_seconds from pg_stat_replication`,
  slots: `select slot_name as name, slot_type as kind, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as held_bytes from pg_replication_slots`,
  archive: 'select archived_count, failed_count, last_failed_wal, last_failed_time::text from pg_stat_archiver',
  rules: `select line_number as line, type, database, user_name as role, address, netmask, auth_method as method, options, error from pg_hba_file_rules order by 1`,
}
