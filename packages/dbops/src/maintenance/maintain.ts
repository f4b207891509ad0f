import type { Check } from '../command/outcome.ts'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'
import { type LoadLimits, requireLoadSeen, tooMuchLoad } from './load-limits.ts'
import { isWithin, type MaintenanceWindow } from './window.ts'

/** What is to be done to one table or index. */
export interface MaintenanceTask {
  readonly kind: 'vacuum' | 'analyze' | 'drop-invalid-index' | 'reindex' | 'check'
  readonly object: string
  readonly sql: string
  readonly reason: string
}

/** Looks for what needs care: dead rows, old statistics, broken leftovers of REINDEX CONCURRENTLY, unfrozen rows. */
export async function planMaintenance(client: ServerClient): Promise<MaintenanceTask[]> {
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

/** A task with what it works on and what it would wait for. */
export interface CostedTask extends MaintenanceTask {
  /** As it was last counted, without indexes. */
  readonly bytes: number
  /** Sessions that hold a lock on it which the task cannot pass. */
  readonly blockers: readonly string[]
}

/** Every task takes SHARE UPDATE EXCLUSIVE, or waits for writers like it. */
const IN_THE_WAY = [
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]

/** Adds sizes and who is in the way at this moment. */
export async function withCosts(client: ServerClient, tasks: readonly MaintenanceTask[]): Promise<CostedTask[]> {
  const costed: CostedTask[] = []
  for (const task of tasks) {
    const { rows } = await client.query<{ bytes: string; blockers: string[] }>(
      // pg_relation_size would wait for whoever holds the table
      `select coalesce((select relpages::bigint * current_setting('block_size')::int from pg_class where oid = to_regclass($1)), 0)::text as bytes,
        array(select distinct coalesce(a.usename, '') || ' (' || l.pid || ')' from pg_locks l join pg_stat_activity a using (pid)
          where l.relation = to_regclass($1) and l.granted and l.mode = any($2) and l.pid <> pg_backend_pid() order by 1) as blockers`,
      [task.object, IN_THE_WAY],
    )
    costed.push({ ...task, bytes: Number(rows[0].bytes), blockers: rows[0].blockers })
  }
  return costed
}

export interface MaintainOptions {
  /** How long a task may wait for a lock; 2000. */
  readonly lockTimeoutMs?: number
  readonly limits?: LoadLimits
  /** No task begins outside of it. */
  readonly window?: MaintenanceWindow | null
  readonly now?: () => Date
}

export interface Maintained {
  /** Of every task; those that were left are skipped. */
  readonly checks: readonly Check[]
  /** What was not begun, and why; null when everything was. */
  readonly left: { readonly reason: string; readonly tasks: readonly MaintenanceTask[] } | null
}

/**
 * Does the tasks one by one, outside of transactions, giving up a lock soon; a task counts as done only when its effect is seen. Before
 * each task it looks at the clock and the load, and leaves the rest when one of them forbids it.
 * @throws {DbopsError} PERMISSION_DENIED, before anything is done, when the role cannot see the load that is limited
 */
export async function maintain(
  server: ConnectionParameters,
  tasks: readonly MaintenanceTask[],
  options: MaintainOptions = {},
): Promise<Maintained> {
  const { lockTimeoutMs = 2_000, limits = { maxActive: null, maxLagBytes: null } } = options
  const client = await connectServer({ ...server, applicationName: 'dbops maint' })
  try {
    await requireLoadSeen(client, limits)
    await client.query(`set lock_timeout = ${Math.round(lockTimeoutMs)}`)
    await client.query('set statement_timeout = 0')
    const checks: Check[] = []
    for (const [index, task] of tasks.entries()) {
      const reason = reasonOfClock(options) ?? (await tooMuchLoad(client, limits))
      if (reason !== null) {
        const rest = tasks.slice(index)
        return { checks: [...checks, ...rest.map((one) => leftCheck(one, reason))], left: { reason, tasks: rest } }
      }
      checks.push(await perform(client, task))
    }
    return { checks, left: null }
  } finally {
    await client.end()
  }
}

function reasonOfClock({ window = null, now = () => new Date() }: MaintainOptions): string | null {
  return window === null || isWithin(window, now()) ? null : `the window ${window.text} has ended`
}

function leftCheck({ kind, object }: MaintenanceTask, reason: string): Check {
  const evidence = `not begun: ${reason}`
  return { id: `maint.${kind}`, title: object, tier: 'recommended', verdict: 'skipped', evidence }
}

async function perform(client: ServerClient, task: MaintenanceTask): Promise<Check> {
  const base = { id: `maint.${task.kind}`, title: task.object, tier: 'recommended' } as const
  const before = await effectOf(client, task)
  try {
    await client.query(task.sql)
  } catch (error) {
    const isLocked = sqlStateOf(error) === '55P03'
    return {
      ...base,
      verdict: isLocked ? 'skipped' : 'fail',
      evidence: isLocked ? 'somebody holds the table: try again later' : (error as Error).message,
    }
  }
  const after = await effectOf(client, task)
  return after === before
    ? { ...base, verdict: 'fail', evidence: `${task.sql} ran, and nothing changed` }
    : { ...base, verdict: 'pass', evidence: `${task.reason}: done` }
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
