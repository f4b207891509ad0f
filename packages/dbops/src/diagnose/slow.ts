import type { Question } from './question.ts'

/** Why a database is slow, the most frequent reasons first. */
export const slowQuestions: readonly Question[] = [
  {
    id: 'blocked',
    title: 'nobody waits for a lock of somebody else',
    sql: `select format('session %s of %s waits %s s for %s', pid, usename, round(extract(epoch from clock_timestamp() - query_start)),
        array_to_string(pg_blocking_pids(pid), ', ')) as what
      from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 order by query_start`,
    next: 'dbops monitor locks, then end the session at the root: select pg_terminate_backend(PID)',
  },
  {
    id: 'idle-transaction',
    title: 'no transaction stands idle',
    sql: `select format('session %s of %s (%s) idle in its transaction for %s s', pid, usename, application_name,
        round(extract(epoch from clock_timestamp() - state_change))) as what
      from pg_stat_activity where state like 'idle in transaction%' and clock_timestamp() - state_change > interval '30 seconds' order by state_change`,
    next: 'alter role … set idle_in_transaction_session_timeout = 60000, and mend the application',
  },
  {
    id: 'sessions',
    title: 'sessions are left',
    sql: `select format('%s of %s sessions', used, capacity) as what from (select count(*) as used,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as capacity
        from pg_stat_activity where backend_type = 'client backend') s where used > 0.8 * capacity`,
    next: 'dbops monitor connections, dbops conf capacity',
  },
  {
    id: 'long-queries',
    title: 'no statement runs for more than a minute',
    sql: `select format('session %s of %s for %s s', pid, usename, round(extract(epoch from clock_timestamp() - query_start))) as what
      from pg_stat_activity where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()
        and clock_timestamp() - query_start > interval '1 minute' order by query_start`,
    next: 'explain (analyze, buffers) the statement; alter role … set statement_timeout',
  },
  {
    id: 'slow-statements',
    title: 'no statement takes more than a second on average',
    sql: `select format('%s ms on average, %s calls: %s', round(mean_exec_time), calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 80)) as what
      from pg_stat_statements where mean_exec_time > 1000 order by total_exec_time desc limit 5`,
    next: 'dbops monitor slow',
    extension: 'pg_stat_statements',
  },
  {
    id: 'dead-rows',
    title: 'tables are clean and analyzed',
    sql: `select format('%s: %s dead of %s rows%s', relid::regclass, n_dead_tup, n_live_tup + n_dead_tup,
        case when last_analyze is null and last_autoanalyze is null then ', never analyzed' else '' end) as what
      from pg_stat_user_tables where (n_dead_tup > 1000 and n_dead_tup > 0.2 * n_live_tup)
        or (last_analyze is null and last_autoanalyze is null and n_live_tup > 1000) order by n_dead_tup desc`,
    next: 'dbops maint run',
  },
  {
    id: 'cache',
    title: 'most blocks come out of memory',
    sql: `select format('%s %% of the blocks of %s', round(100.0 * blks_hit / (blks_hit + blks_read), 1), datname) as what
      from pg_stat_database where datname = current_database() and blks_hit + blks_read > 100000 and blks_hit < 0.9 * (blks_hit + blks_read)`,
    next: 'dbops monitor indexes, dbops conf generate for shared_buffers',
  },
]
