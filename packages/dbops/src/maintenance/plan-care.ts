import type { ServerClient } from '../connection/server-client.ts'
import type { MaintenanceTask, TaskResult } from './task.ts'

/** Looks for what needs care: dead rows, old statistics, broken leftovers of REINDEX CONCURRENTLY, unfrozen rows. */
export async function planCare(client: ServerClient): Promise<MaintenanceTask[]> {
  const { rows } = await client.query<MaintenanceTask>(`
    select 'drop-invalid-index' as kind, indexrelid::regclass::text as object, 'drop index concurrently ' || indexrelid::regclass as sql, 'left by an interrupted build' as reason
      from pg_index join pg_class c on c.oid = indexrelid where not indisvalid and c.relname ~ '_ccnew[0-9]*$|_ccold[0-9]*$'
    union all select 'reindex', indexrelid::regclass::text, 'reindex index concurrently ' || indexrelid::regclass, 'is invalid'
      from pg_index join pg_class c on c.oid = indexrelid where not indisvalid and c.relname !~ '_ccnew[0-9]*$|_ccold[0-9]*$'
    union all select 'vacuum', relid::regclass::text, 'vacuum (analyze) ' || relid::regclass, n_dead_tup || ' dead rows'
      from pg_stat_user_tables where n_dead_tup > 100 and n_dead_tup > 0.1 * n_live_tup
    union all select 'vacuum', c.oid::regclass::text, 'vacuum (freeze, analyze) ' || c.oid::regclass, 'has used ' || round(100.0 * age(relfrozenxid) / 2e9) || ' % of the transaction numbers'
      from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'm') and nspname !~ '^pg_toast' and age(relfrozenxid) > 5e8
    union all select 'analyze', relid::regclass::text, 'analyze ' || relid::regclass, 'was never analyzed'
      from pg_stat_user_tables where last_analyze is null and last_autoanalyze is null and n_live_tup + n_dead_tup > 0 and not (n_dead_tup > 100 and n_dead_tup > 0.1 * n_live_tup)
    order by 1, 2`)
  return rows
}

/** Runs the statement, and looks whether what it must change has changed. */
export async function careFor(client: ServerClient, task: MaintenanceTask): Promise<TaskResult> {
  const before = await effectOf(client, task)
  await client.query(task.sql ?? '')
  return (await effectOf(client, task)) === before
    ? { verdict: 'fail', evidence: `${task.sql} ran, and nothing changed` }
    : { verdict: 'pass', evidence: `${task.reason}: done` }
}

/** Something that the task must change; statistics are read past the snapshot of the session. */
async function effectOf(client: ServerClient, { kind, object }: MaintenanceTask): Promise<string> {
  if (kind === 'drop-invalid-index' || kind === 'reindex') {
    const { rows } = await client.query<{ state: string }>(
      "select coalesce((select indisvalid::text || pg_relation_filenode(indexrelid) from pg_index where indexrelid = to_regclass($1)), 'gone') as state",
      [object],
    )
    return rows[0].state
  }
  await client.query('select pg_stat_clear_snapshot()')
  const { rows } = await client.query<{ state: string }>(
    "select concat(vacuum_count, '/', analyze_count, '/', age(relfrozenxid)) as state from pg_stat_all_tables s join pg_class c on c.oid = s.relid where s.relid = to_regclass($1)",
    [object],
  )
  return rows[0]?.state ?? 'gone'
}
