import type { Question } from './question.ts'

/** What fills the disk of a server. */
export const diskQuestions: readonly Question[] = [
  {
    id: 'archive',
    title: 'WAL is archived',
    sql: `select format('%s failed, last %s: every segment stays until it is archived', failed_count, last_failed_wal) as what
      from pg_stat_archiver where last_failed_time is not null and (last_archived_time is null or last_failed_time > last_archived_time)`,
    next: 'run archive_command by hand for the segment it names; the server log has its words',
  },
  {
    id: 'slots',
    title: 'no replication slot holds WAL back for nobody',
    sql: `select format('slot %s holds %s', slot_name, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))) as what
      from pg_replication_slots where not active`,
    next: 'bring its reader back, or select pg_drop_replication_slot(SLOT)',
  },
  {
    id: 'wal',
    title: 'WAL is about as large as it was told to be',
    sql: `select format('%s in pg_wal, max_wal_size %s', pg_size_pretty(sum(size)), current_setting('max_wal_size')) as what
      from pg_ls_waldir() having sum(size) > 2 * pg_size_bytes(current_setting('max_wal_size')) + pg_size_bytes(current_setting('wal_keep_size'))`,
    next: 'look at archive, slots and the oldest transaction',
  },
  {
    id: 'temporary',
    title: 'no large temporary files',
    sql: "select format('%s of temporary files', pg_size_pretty(sum(size))) as what from pg_ls_tmpdir() having sum(size) > 1073741824",
    next: 'temp_file_limit for the role; dbops monitor slow shows who sorts on disk',
  },
  {
    id: 'logs',
    title: 'the logs of the server are small',
    sql: "select format('%s in the log directory', pg_size_pretty(sum(size))) as what from pg_ls_logdir() having sum(size) > 1073741824",
    next: 'log_rotation_size and a rotation that deletes; dbops conf audit',
  },
  {
    id: 'bloat',
    title: 'no table holds mostly dead rows',
    sql: `select format('%s: %s, %s dead of %s rows', relid::regclass, pg_size_pretty(pg_total_relation_size(relid)), n_dead_tup, n_live_tup + n_dead_tup) as what
      from pg_stat_user_tables where n_dead_tup > 1000 and n_dead_tup > n_live_tup order by pg_total_relation_size(relid) desc`,
    next: 'dbops maint run; vacuum full only in a window, it needs the room of a copy',
  },
  {
    id: 'indexes',
    title: 'no index is there for nothing',
    sql: `select format('%s: %s, never used', indexrelid::regclass, pg_size_pretty(pg_relation_size(indexrelid))) as what
      from pg_stat_user_indexes join pg_index using (indexrelid) where idx_scan = 0 and not indisunique and pg_relation_size(indexrelid) > 104857600
      order by pg_relation_size(indexrelid) desc`,
    next: 'dbops monitor indexes, then drop index concurrently',
  },
]
