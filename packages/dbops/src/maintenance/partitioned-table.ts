import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'

export interface Partition {
  /** As SQL reads it. */
  readonly shown: string
  /** Milliseconds since 1970; infinite where the partition is open. */
  readonly from: number
  readonly to: number
  readonly isHalfDetached: boolean
}

/** A table that is divided by one column of dates or times. */
export interface PartitionedTable {
  readonly shown: string
  readonly schema: string
  readonly name: string
  readonly owner: string
  readonly tablespace: string | null
  /** What follows the day in a bound: days of `timestamptz` begin in UTC. */
  readonly bound: string
  /** From PostgreSQL 14 on, and not beside a default partition. */
  readonly canDetachConcurrently: boolean
  /** Without the default partition. */
  readonly partitions: readonly Partition[]
  /** Relations of its schema. */
  readonly namesTaken: readonly string[]
}

const bounds: Readonly<Record<string, string>> = {
  date: '',
  'timestamp without time zone': '',
  'timestamp with time zone': ' 00:00:00+00',
}

/** The table, or why a rule cannot be applied to it. */
export async function findPartitioned(client: ServerClient, table: string): Promise<PartitionedTable | string> {
  const found = await parentOf(client, table)
  if (typeof found === 'string') return found
  const { oid, type, hasDefault, version, ...parent } = found
  const children = await childrenOf(client, oid)
  const odd = children.find(({ from, to }) => Number.isNaN(from) || Number.isNaN(to))
  if (odd !== undefined) return `the bounds of ${odd.shown} are not those of days`
  const { rows } = await client.query<{ name: string }>(
    'select relname::text as name from pg_class where relnamespace = (select relnamespace from pg_class where oid = $1)',
    [oid],
  )
  return {
    ...parent,
    bound: bounds[type],
    canDetachConcurrently: version >= 140000 && !hasDefault,
    partitions: children,
    namesTaken: rows.map(({ name }) => name),
  }
}

interface Parent extends Pick<PartitionedTable, 'shown' | 'schema' | 'name' | 'owner' | 'tablespace'> {
  readonly oid: number
  readonly type: string
  readonly hasDefault: boolean
  readonly version: number
}

async function parentOf(client: ServerClient, table: string): Promise<Parent | string> {
  const rows = await rowsOf(client, table)
  if (rows === null) return 'is no name of a table: quote a name as SQL does'
  if (rows.length === 0) return 'there is no such table'
  const [{ strategy, columns, type, ...parent }] = rows
  if (strategy !== 'r' || columns !== 1 || type === null) return 'is not partitioned by the range of one column'
  if (!Object.hasOwn(bounds, type)) return `is partitioned by ${type}, and not by a date or a time`
  return { ...parent, type }
}

type ParentRow = Omit<Parent, 'type'> & { strategy: string | null; columns: number | null; type: string | null }

async function rowsOf(client: ServerClient, table: string): Promise<ParentRow[] | null> {
  try {
    const { rows } = await client.query<ParentRow>(
      `select c.oid::int8::float8 as oid, c.oid::regclass::text as shown, n.nspname::text as schema, c.relname::text as name,
        pg_get_userbyid(c.relowner)::text as owner, s.spcname::text as tablespace, p.partstrat as strategy, p.partnatts::int as columns,
        format_type(a.atttypid, null) as type, coalesce(p.partdefid, 0) <> 0 as "hasDefault", current_setting('server_version_num')::int as version
      from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_tablespace s on s.oid = c.reltablespace
        left join pg_partitioned_table p on p.partrelid = c.oid left join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
      where c.oid = to_regclass($1)`,
      [table],
    )
    return rows
  } catch (error) {
    const isSyntax = ['42601', '42602', '0A000'].includes(sqlStateOf(error) ?? '')
    if (isSyntax) return null
    throw error
  }
}

/** Bounds are shown in the zone and the form of the session. */
async function childrenOf(client: ServerClient, oid: number): Promise<Partition[]> {
  await client.query('begin read only')
  try {
    await client.query("set local timezone = 'UTC'")
    await client.query("set local datestyle = 'ISO'")
    // inhdetachpending came with PostgreSQL 14
    const { rows } = await client.query<{ shown: string; bound: string; isHalfDetached: boolean }>(
      `select c.oid::regclass::text as shown, pg_get_expr(c.relpartbound, c.oid) as bound,
        coalesce((to_jsonb(i) ->> 'inhdetachpending')::bool, false) as "isHalfDetached"
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1 order by 1`,
      [oid],
    )
    return rows.flatMap(({ shown, bound, isHalfDetached }) => {
      if (bound === 'DEFAULT') return []
      const match = /^FOR VALUES FROM \((.+)\) TO \((.+)\)$/.exec(bound)
      return [{ shown, from: timeOf(match?.[1]), to: timeOf(match?.[2]), isHalfDetached }]
    })
  } finally {
    await client.query('rollback')
  }
}

function timeOf(text = ''): number {
  if (text === 'MINVALUE' || text === "'-infinity'") return Number.NEGATIVE_INFINITY
  if (text === 'MAXVALUE' || text === "'infinity'") return Number.POSITIVE_INFINITY
  const match = /^'(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00)?)?'$/.exec(text)
  return match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}Z`)
}
