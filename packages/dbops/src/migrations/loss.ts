import type { ServerClient } from '../connection/server-client.ts'

interface Column {
  readonly table: string
  readonly relation: string
  readonly number: number
  readonly name: string
  readonly type: string
  /** Rows that this login may not count: policies hide them, or a right is missing. */
  readonly isHidden: boolean
  readonly deleted: number
  readonly updated: number
}

/**
 * What statements would take away that nothing brings back, found by running them and taking them back: tables and columns with something
 * in them that are gone or change their type, and rows that are deleted or overwritten. Leaves nothing; needs to be in a transaction.
 */
export async function findLoss(client: ServerClient, statements: () => Promise<void>): Promise<string[]> {
  await client.query('savepoint before_rehearsal')
  const before = await columns(client)
  const countsBefore = await rowCounts(client, before)
  await statements()
  await client.query('reset search_path')
  const after = await columns(client)
  const countsAfter = await rowCounts(client, after)
  const { rows: tracking } = await client.query<{ isOn: boolean }>(
    "select current_setting('track_counts') = 'on' as \"isOn\"",
  )
  await client.query('rollback to savepoint before_rehearsal')
  const afterBy = new Map(after.map((column) => [`${column.relation}.${column.number}`, column]))
  const afterTables = new Map(after.map((column) => [column.relation, column]))
  const losses = tracking[0].isOn ? [] : ['overwritten rows cannot be told: track_counts is off']
  for (const [relation, all] of Map.groupBy(before, (column) => column.relation)) {
    const rows = countsBefore.get(relation) ?? 0n
    const [{ table }] = all
    const now = afterTables.get(relation)
    if (rows === 0n) continue
    if (now === undefined)
      losses.push(`table ${table} with ${rows < 0n ? 'rows that are hidden from this login' : `${rows} row(s)`}`)
    else losses.push(...rowLoss(all[0], now, rows, countsAfter.get(relation) ?? 0n))
    if (now === undefined) continue
    for (const column of all) {
      const there = afterBy.get(`${relation}.${column.number}`)
      if (there?.type === column.type || !(await isFilled(client, column))) continue
      losses.push(`column ${column.name} of ${table} ${there === undefined ? 'with values' : `becomes ${there.type}`}`)
    }
  }
  return losses
}

/** Deleted rows count even when as many were added. */
function rowLoss(before: Column, after: Column, rowsBefore: bigint, rowsAfter: bigint): string[] {
  const deleted = after.deleted - before.deleted
  const updated = after.updated - before.updated
  const fewer = rowsBefore < 0n || rowsAfter < 0n ? 0n : rowsBefore - rowsAfter
  const gone = BigInt(deleted) > fewer ? BigInt(deleted) : fewer
  return [
    ...(gone > 0n ? [`${gone} row(s) of ${before.table}`] : []),
    ...(updated > 0 ? [`values in ${updated} row(s) of ${before.table}, which are overwritten`] : []),
  ]
}

/** Of every table of the site; numbers of rows that this transaction changed. */
async function columns(client: ServerClient): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select c.oid::text as relation, format('%I.%I', n.nspname, c.relname) as table, a.attnum as number,
      quote_ident(a.attname) as name, format_type(a.atttypid, a.atttypmod) as type,
      row_security_active(c.oid) or not has_table_privilege(c.oid, 'select') as "isHidden",
      pg_stat_get_xact_tuples_deleted(c.oid)::int as deleted, pg_stat_get_xact_tuples_updated(c.oid)::int as updated
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relname <> 'dbops_migrations'
    order by c.oid, a.attnum`,
  )
  return rows
}

/** Of hidden rows, -1 where there seem to be any. */
async function rowCounts(client: ServerClient, all: readonly Column[]): Promise<Map<string, bigint>> {
  const counts = new Map<string, bigint>()
  for (const { relation, table, isHidden } of new Map(all.map((column) => [column.relation, column])).values()) {
    const { rows } = await client.query<{ n: string }>(
      isHidden
        ? `select case when pg_relation_size(${relation}::oid) > 0 then -1 else 0 end as n`
        : `select count(*) as n from only ${table}`,
    )
    counts.set(relation, BigInt(rows[0].n))
  }
  return counts
}

async function isFilled(client: ServerClient, { table, name, isHidden }: Column): Promise<boolean> {
  if (isHidden) return true
  const { rows } = await client.query<{ isFilled: boolean }>(
    `select exists (select from only ${table} where ${name} is not null) as "isFilled"`,
  )
  return rows[0].isFilled
}
