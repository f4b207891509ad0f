import { DatabaseError } from 'pg'
import type { ServerClient } from '../connection/server-client.ts'
import { quoteName, quoteText } from '../quote.ts'
import type { IntegrityRule } from './rules.ts'
import type { MaintenanceTask, RulePlan, RuleProblem, TaskResult } from './task.ts'

/** Where amcheck is; it comes to `pg_catalog`, as pg_amcheck would put it. */
interface Amcheck {
  readonly schema: string
  readonly isInstalled: boolean
  /** `verify_heapam` came with 1.3 (PostgreSQL 14). */
  readonly readsTables: boolean
}

/** One task for each B-tree and each table, both without a lock that holds up writers unless the rule says `parents`. */
export async function planIntegrity(client: ServerClient, rule: IntegrityRule): Promise<RulePlan> {
  const found = await findAmcheck(client)
  if (found === null) {
    const evidence = 'the server has no files of amcheck'
    return {
      tasks: [],
      problems: [{ rule: 'integrity', verdict: 'skipped', evidence, remediation: 'install contrib' }],
    }
  }
  const problems: RuleProblem[] = []
  if (rule.tables && !found.readsTables)
    problems.push({
      rule: 'integrity.tables',
      verdict: 'skipped',
      evidence: 'this version of amcheck reads no tables',
      remediation: 'alter extension amcheck update (PostgreSQL 14 or newer)',
    })
  const schema = quoteName(found.schema)
  const install: MaintenanceTask = {
    kind: 'install-amcheck',
    object: 'amcheck',
    sql: `create extension amcheck with schema ${schema}`,
    reason: 'is not installed',
  }
  const indexes = rule.indexes === 'off' ? [] : await relationsOf(client, 'index', rule.isCatalogIncluded)
  const tables = rule.tables && found.readsTables ? await relationsOf(client, 'table', rule.isCatalogIncluded) : []
  return {
    tasks: [
      ...(found.isInstalled ? [] : [install]),
      ...indexes.map((object): MaintenanceTask => {
        const sql = indexSql(schema, object, rule.indexes)
        return { kind: 'check-index', object, sql, reason: 'the rule checks indexes' }
      }),
      ...tables.map((object): MaintenanceTask => {
        const sql = `select count(*) over () as count, blkno, offnum, msg from ${schema}.verify_heapam(${quoteText(object)}, check_toast => true) limit 3`
        return { kind: 'check-table', object, sql, reason: 'the rule checks tables' }
      }),
    ],
    problems,
  }
}

function indexSql(schema: string, index: string, depth: IntegrityRule['indexes']): string {
  const name = quoteText(index)
  return depth === 'parents'
    ? `select ${schema}.bt_index_parent_check(${name}, true, true)`
    : `select ${schema}.bt_index_check(${name}, ${depth === 'rows'})`
}

async function findAmcheck(client: ServerClient): Promise<Amcheck | null> {
  const { rows } = await client.query<{ schema: string | null; version: string }>(
    `select n.nspname::text as schema, coalesce(e.extversion, a.default_version) as version from pg_available_extensions a
      left join pg_extension e on e.extname = a.name left join pg_namespace n on n.oid = e.extnamespace where a.name = 'amcheck'`,
  )
  if (rows.length === 0) return null
  const [{ schema, version }] = rows
  const [major, minor] = version.split('.').map(Number)
  return {
    schema: schema ?? 'pg_catalog',
    isInstalled: schema !== null,
    readsTables: major > 1 || minor >= 3,
  }
}

async function relationsOf(
  client: ServerClient,
  what: 'index' | 'table',
  isCatalogIncluded: boolean,
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_am a on a.oid = c.relam
      left join pg_index i on i.indexrelid = c.oid
    where c.relpersistence <> 't' and ($2 or n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast'))
      and case $1 when 'index' then c.relkind = 'i' and a.amname = 'btree' and i.indisvalid and i.indisready
        else c.relkind in ('r', 'm', 't') and a.amname = 'heap' end
    order by 1`,
    [what, isCatalogIncluded],
  )
  return rows.map(({ name }) => name)
}

export async function installAmcheck(client: ServerClient, { sql }: MaintenanceTask): Promise<TaskResult> {
  await client.query(sql ?? '')
  return { verdict: 'pass', evidence: 'installed' }
}

/** XX000 is an error of the server itself, XX001 a damaged page, XX002 a damaged index. */
const damaged = /^XX00[012]$/

/** Reads the whole index; the server says where it is broken. */
export async function checkIndex(client: ServerClient, { sql, object }: MaintenanceTask): Promise<TaskResult> {
  try {
    await client.query(sql ?? '')
    return { verdict: 'pass', evidence: 'read whole, no damage found' }
  } catch (error) {
    return damageOf(error, `reindex index concurrently ${object}`)
  }
}

/** Reads the whole table with what it has in TOAST. */
export async function checkTable(client: ServerClient, { sql }: MaintenanceTask): Promise<TaskResult> {
  const remediation = 'keep the data folder as it is, and restore: dbops backup restore'
  try {
    const { rows } = await client.query<{ count: string; blkno: string; offnum: number | null; msg: string }>(sql ?? '')
    if (rows.length === 0) return { verdict: 'pass', evidence: 'read whole, no damage found' }
    const places = rows.map(({ blkno, offnum, msg }) => `block ${blkno}, row ${offnum ?? '-'}: ${msg}`)
    return {
      verdict: 'fail',
      evidence: `${rows[0].count} place(s) damaged; ${places.join('; ')}`,
      remediation,
      isDamage: true,
    }
  } catch (error) {
    return damageOf(error, remediation)
  }
}

/** @throws what is no damage: a lock that was not had, a right that is missing */
function damageOf(error: unknown, remediation: string): TaskResult {
  if (!(error instanceof DatabaseError) || !damaged.test(error.code ?? '')) throw error
  const evidence = [error.message, error.detail].filter((text) => text !== undefined).join(': ')
  return { verdict: 'fail', evidence, remediation, isDamage: true }
}
