import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { planCare } from './plan-care.ts'

export interface TableCare {
  readonly table: string
  readonly liveRows: number
  readonly deadRows: number
  /** By hand or by autovacuum; null for never. */
  readonly lastVacuum: string | null
  readonly lastAnalyze: string | null
  /** Transactions since the oldest row was frozen. */
  readonly frozenAge: number
}

/** What was done to the tables of a database, and what is due. */
export async function maintenanceStatus(client: ServerClient): Promise<{ tables: TableCare[]; checks: Check[] }> {
  const { rows: tables } = await client.query<TableCare>(`
    select relid::regclass::text as table, n_live_tup::int as "liveRows", n_dead_tup::int as "deadRows",
      to_char(greatest(last_vacuum, last_autovacuum) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "lastVacuum",
      to_char(greatest(last_analyze, last_autoanalyze) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "lastAnalyze",
      age(c.relfrozenxid) as "frozenAge"
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid order by n_dead_tup desc, 1`)
  const tasks = await planCare(client)
  const checks = [
    listCheck(
      'tasks',
      'no table or index waits for care',
      'warn',
      tasks.map(({ object, reason }) => `${object} ${reason}`),
      'dbops maint run --apply',
    ),
    await namesCheck(
      client,
      'checksums',
      'no page was found damaged',
      'fail',
      'restore it: dbops backup restore',
      `
      select datname || ': ' || checksum_failures from pg_stat_database where checksum_failures > 0`,
    ),
    await namesCheck(
      client,
      'extensions',
      'extensions are as new as their files',
      'warn',
      'alter extension … update',
      `
      select name || ' ' || installed_version || ', files ' || default_version from pg_available_extensions where installed_version <> default_version`,
    ),
    await collationCheck(client),
  ]
  return { tables, checks }
}

async function namesCheck(
  client: ServerClient,
  id: string,
  title: string,
  verdict: 'warn' | 'fail',
  remediation: string,
  sql: string,
): Promise<Check> {
  const { rows } = await client.query<{ what: string }>(`select found.* from (${sql}) as found (what) order by 1`)
  return listCheck(
    id,
    title,
    verdict,
    rows.map(({ what }) => what),
    remediation,
  )
}

/** Versions of a database's collation are remembered from PostgreSQL 15 on. */
async function collationCheck(client: ServerClient): Promise<Check> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  const title = 'text is sorted as when the indexes were built'
  if (rows[0].version < 150000)
    return { id: 'maint.collation', title, tier: 'recommended', verdict: 'skipped', evidence: 'needs PostgreSQL 15' }
  return await namesCheck(
    client,
    'collation',
    title,
    'fail',
    'reindex, then alter database … refresh collation version',
    `
    select datname || ' was ' || datcollversion from pg_database where datcollversion <> pg_database_collation_actual_version(oid)`,
  )
}

function listCheck(
  id: string,
  title: string,
  verdict: 'warn' | 'fail',
  found: readonly string[],
  remediation: string,
): Check {
  return {
    id: `maint.${id}`,
    title,
    tier: 'recommended',
    verdict: found.length === 0 ? 'pass' : verdict,
    evidence: found.length === 0 ? 'nothing found' : found.slice(0, 10).join('; '),
    remediation,
  }
}
