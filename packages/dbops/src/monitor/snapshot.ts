import type { ServerClient } from '../connection/server-client.ts'
import { concealLog } from '../diagnose/conceal.ts'

/** What goes on at a server at one moment. */
export interface Snapshot {
  /** Sessions of clients, ours apart. */
  readonly sessions: number
  readonly active: number
  readonly idleInTransaction: number
  /** Sessions that wait for a lock of somebody else. */
  readonly waiting: number
  readonly oldestTransactionSeconds: number
  /** Of the statement that runs longest. */
  readonly slowestSeconds: number
  /** Committed and rolled back in this database, ever. */
  readonly transactions: number
  /** What active sessions wait for, most first. */
  readonly waits: readonly { readonly event: string; readonly sessions: number }[]
  readonly locks: readonly {
    readonly pid: number
    readonly role: string
    readonly seconds: number
    readonly blockers: readonly number[]
  }[]
  /** The five statements that run longest, without their literals. */
  readonly statements: readonly {
    readonly pid: number
    readonly role: string
    readonly seconds: number
    readonly statement: string
  }[]
}

const MOST_STATEMENT = 80

/** Looks once. A role without pg_monitor sees sessions of others without their state and statement. */
export async function takeSnapshot(client: ServerClient): Promise<Snapshot> {
  const { rows } = await client.query<{ snapshot: Snapshot }>(`
    with s as (select pid, coalesce(usename, 'none')::text as role, coalesce(state, 'unknown') as state, wait_event_type, wait_event, query,
        extract(epoch from clock_timestamp() - query_start) as seconds, extract(epoch from clock_timestamp() - xact_start) as age,
        pg_blocking_pids(pid) as blockers
      from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid())
    select jsonb_build_object(
      'sessions', (select count(*) from s),
      'active', (select count(*) from s where state = 'active'),
      'idleInTransaction', (select count(*) from s where state like 'idle in transaction%'),
      'waiting', (select count(*) from s where cardinality(blockers) > 0),
      'oldestTransactionSeconds', (select round(coalesce(max(age), 0), 1) from s),
      'slowestSeconds', (select round(coalesce(max(seconds), 0), 1) from s where state = 'active'),
      'transactions', (select xact_commit + xact_rollback from pg_stat_database where datname = current_database()),
      'waits', (select coalesce(jsonb_agg(w), '[]') from (select wait_event_type || ':' || wait_event as event, count(*) as sessions from s
        where state = 'active' and wait_event is not null group by 1 order by 2 desc, 1 limit 5) w),
      'locks', (select coalesce(jsonb_agg(l), '[]') from (select pid, role, round(seconds, 1) as seconds, to_jsonb(blockers) as blockers from s
        where cardinality(blockers) > 0 order by seconds desc nulls last limit 10) l),
      'statements', (select coalesce(jsonb_agg(q), '[]') from (select pid, role, round(seconds, 1) as seconds, left(query, 2000) as statement from s
        where state = 'active' order by seconds desc nulls last limit 5) q)) as snapshot`)
  const [{ snapshot }] = rows
  return {
    ...snapshot,
    statements: snapshot.statements.map((one) => ({ ...one, statement: shortened(one.statement) })),
  }
}

/** Control characters of a statement must not reach a terminal. */
function shortened(statement: string): string {
  const line = concealLog(statement)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length > MOST_STATEMENT ? `${line.slice(0, MOST_STATEMENT - 1)}…` : line
}

/** Numbers of a snapshot that may have a limit. */
export const limitedNumbers = [
  'sessions',
  'active',
  'idleInTransaction',
  'waiting',
  'oldestTransactionSeconds',
  'slowestSeconds',
] as const
export type LimitedNumber = (typeof limitedNumbers)[number]
