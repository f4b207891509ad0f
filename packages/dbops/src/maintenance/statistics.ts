import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'
import { quoteName } from '../quote.ts'
import type { StatisticsRule } from './rules.ts'
import type { MaintenanceTask, RulePlan, RuleProblem, TaskResult } from './task.ts'

/** Something that counts, since when, and how it begins anew. */
interface Counter {
  readonly object: string
  /** Selects the time of the last reset as `at`. */
  readonly since: string
  readonly sql: string
}

const NOT_PRELOADED = '55000'

/** Counters that have counted for longer than the rule says. */
export async function planStatistics(client: ServerClient, rule: StatisticsRule): Promise<RulePlan> {
  const problems: RuleProblem[] = []
  const tasks: MaintenanceTask[] = []
  const add = async (counter: Counter, days: number): Promise<void> => {
    const { rows } = await client.query<{ isDue: boolean; at: string }>(
      `select coalesce(at, '-infinity') <= now() - make_interval(days => $1) as "isDue", coalesce(to_char(at at time zone 'utc', 'YYYY-MM-DD'), 'ever') as at
      from (${counter.since}) as since (at)`,
      [days],
    )
    if (rows[0]?.isDue)
      tasks.push({
        kind: 'reset-statistics',
        object: counter.object,
        sql: counter.sql,
        reason: `counts since ${rows[0].at}`,
      })
  }
  if (rule.statementsDays !== null) {
    const statements = await statementsCounter(client)
    try {
      if (statements === null) problems.push(missing('pg_stat_statements 1.9 is not installed in this database'))
      else await add(statements, rule.statementsDays)
    } catch (error) {
      if (sqlStateOf(error) !== NOT_PRELOADED) throw error
      problems.push(missing('the server does not load pg_stat_statements'))
    }
  }
  if (rule.databaseDays !== null) await add(databaseCounter, rule.databaseDays)
  if (rule.sharedDays !== null) for (const counter of await sharedCounters(client)) await add(counter, rule.sharedDays)
  return { tasks, problems }
}

function missing(evidence: string): RuleProblem {
  return { rule: 'statistics.statementsDays', verdict: 'skipped', evidence }
}

/** Since when it counts is told from 1.9 on (PostgreSQL 14). */
async function statementsCounter(client: ServerClient): Promise<Counter | null> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname::text as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements' and to_regclass(quote_ident(n.nspname) || '.pg_stat_statements_info') is not null`,
  )
  if (rows.length === 0) return null
  const schema = quoteName(rows[0].schema)
  return {
    object: 'pg_stat_statements',
    since: `select stats_reset from ${schema}.pg_stat_statements_info`,
    sql: `select ${schema}.pg_stat_statements_reset()`,
  }
}

/** Autovacuum goes by these numbers: without them it would not know what is due until everything is analyzed again. */
const databaseCounter: Counter = {
  object: 'pg_stat_database',
  since: 'select stats_reset from pg_stat_database where datname = current_database()',
  sql: 'select pg_stat_reset(); analyze',
}

async function sharedCounters(client: ServerClient): Promise<Counter[]> {
  const { rows } = await client.query<{ name: string }>(
    "select name from unnest(array['bgwriter', 'archiver', 'wal']) as name where to_regclass('pg_catalog.pg_stat_' || name) is not null",
  )
  return rows.map(({ name }) => ({
    object: `pg_stat_${name}`,
    since: `select stats_reset from pg_stat_${name}`,
    sql: `select pg_stat_reset_shared('${name}')`,
  }))
}

const MOST_TRIES = 300
const PAUSE_MS = 100

/** Resets, and waits until the counter says so; before PostgreSQL 15 that takes a moment. */
export async function resetStatistics(client: ServerClient, task: MaintenanceTask): Promise<TaskResult> {
  const counter =
    task.object === 'pg_stat_statements'
      ? await statementsCounter(client)
      : [databaseCounter, ...(await sharedCounters(client))].find(({ object }) => object === task.object)
  if (counter === undefined || counter === null) return { verdict: 'fail', evidence: `${task.object} is gone` }
  const lastReset = async (): Promise<string | null> => {
    const { rows } = await client.query<{ at: string | null }>(`select at::text from (${counter.since}) as since (at)`)
    return rows[0]?.at ?? null
  }
  const before = await lastReset()
  await client.query(counter.sql)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if ((await lastReset()) !== before) return { verdict: 'pass', evidence: `${task.reason}: begun anew` }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return { verdict: 'fail', evidence: `${counter.sql} ran, and nothing changed` }
}
