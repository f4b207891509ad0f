import { type CatalogCheck, SETTINGS, STATISTICS } from './catalog-check.ts'

/** What goes on, and what keeps the server from going on. */
export const activityChecks: readonly CatalogCheck[] = [
  {
    id: 'db.prepared',
    title: 'no prepared transaction is forgotten',
    tier: 'recommended',
    domain: 'database',
    sql: `select gid || ' since ' || prepared as what, format('rollback prepared %L', gid) as fix from pg_prepared_xacts where prepared < now() - interval '1 hour'`,
  },
  {
    id: 'db.slots',
    title: 'no replication slot keeps WAL for nobody',
    tier: 'critical',
    domain: 'database',
    sql: `select slot_name || ' is not used' as what, format('select pg_drop_replication_slot(%L)', slot_name) as fix from pg_replication_slots where not active`,
  },
  {
    id: 'db.long-transactions',
    title: 'no transaction is open for an hour',
    tier: 'recommended',
    domain: 'database',
    needs: STATISTICS,
    sql: `select 'process ' || pid || ' of ' || coalesce(usename, 'nobody') || ' since ' || xact_start as what, 'select pg_terminate_backend(' || pid || ')' as fix
      from pg_stat_activity where xact_start < now() - interval '1 hour' and backend_type = 'client backend'`,
  },
  {
    id: 'activity.idle-in-transaction',
    title: 'no transaction waits for its client',
    tier: 'recommended',
    domain: 'activity',
    needs: STATISTICS,
    sql: `select 'process ' || pid || ' of ' || coalesce(usename, 'nobody') || ' since ' || state_change as what, 'select pg_terminate_backend(' || pid || ')' as fix
      from pg_stat_activity where state like 'idle in transaction%' and state_change < now() - interval '10 minutes'`,
  },
  {
    id: 'activity.blocked',
    title: 'nobody waits long for a lock',
    tier: 'recommended',
    domain: 'activity',
    isSoft: true,
    advice: 'dbops monitor locks shows who holds what',
    needs: STATISTICS,
    sql: `select 'process ' || pid || ' waits for ' || pg_blocking_pids(pid)::text || ' since ' || state_change as what, null as fix
      from pg_stat_activity where wait_event_type = 'Lock' and state_change < now() - interval '5 minutes'`,
  },
  {
    id: 'activity.clear-text',
    title: 'nobody speaks in clear over the network',
    tier: 'critical',
    domain: 'tls',
    references: ['CIS 6.8'],
    advice: 'hostnossl all all all reject in pg_hba.conf: dbops hba generate',
    needs: STATISTICS,
    sql: `select distinct format('%s from %s', a.usename, host(client_addr)) as what, null as fix
      from pg_stat_activity a join pg_stat_ssl s using (pid) where not s.ssl and client_addr is not null and not client_addr <<= '127.0.0.0/8' and client_addr <> '::1'`,
  },
  {
    id: 'archive.failing',
    title: 'WAL is archived',
    tier: 'critical',
    domain: 'backup',
    advice: 'look at archive_command and the space of the archive',
    sql: `select failed_count || ' failures, last ' || last_failed_wal || ' at ' || last_failed_time as what, null as fix from pg_stat_archiver
      where current_setting('archive_mode') <> 'off' and last_failed_time > coalesce(last_archived_time, '-infinity')`,
  },
  {
    id: 'conn.capacity',
    title: 'a fifth of the connections is free',
    tier: 'recommended',
    domain: 'capacity',
    isSoft: true,
    advice: 'dbops monitor connections shows who holds them',
    needs: STATISTICS,
    sql: `select count(*) || ' of ' || current_setting('max_connections') || ' are in use' as what, null as fix from pg_stat_activity
      where backend_type = 'client backend' having count(*) > 0.8 * current_setting('max_connections')::int`,
  },
  {
    id: 'monitoring.statements',
    title: 'slow statements can be found',
    tier: 'optional',
    domain: 'monitoring',
    isSoft: true,
    sql: `select 'pg_stat_statements is not installed in this database' as what, 'create extension pg_stat_statements' as fix
      where not exists (select from pg_extension where extname = 'pg_stat_statements')`,
  },
  {
    id: 'monitoring.pgaudit',
    title: 'statements can be audited',
    tier: 'optional',
    domain: 'monitoring',
    references: ['CIS 3.2'],
    isSoft: true,
    advice: 'install the package of pgaudit and add it to shared_preload_libraries',
    needs: SETTINGS,
    sql: `select 'pgaudit is not preloaded' as what, null as fix where current_setting('shared_preload_libraries') !~ 'pgaudit'`,
  },
]
