import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'

/** What a server held when it was asked, kept for the next report. */
export interface CapacityFigures {
  readonly at: string
  /** Bytes. */
  readonly databases: Readonly<Record<string, number>>
  readonly tables: Readonly<Record<string, number>>
}

interface Row {
  readonly kind: 'database' | 'table'
  readonly name: string
  readonly bytes: string
}

const MOST_TABLES = 20
const DAY_MS = 86_400_000
/** A database that doubles within this many days is worth a look. */
const SOON_DAYS = 90

/** Sizes of databases and of the largest tables. */
export async function capacityFigures(client: ServerClient, now: Date): Promise<CapacityFigures> {
  const { rows } = await client.query<Row>(`
    select 'database' as kind, datname::text as name, pg_database_size(oid)::text as bytes from pg_database
      where datallowconn and has_database_privilege(oid, 'connect')
    union all (select 'table', oid::regclass::text, pg_total_relation_size(oid)::text from pg_class
      where relkind in ('r', 'm') and relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_|^information_schema$')
      order by pg_total_relation_size(oid) desc limit ${MOST_TABLES})`)
  const of = (kind: Row['kind']): Record<string, number> =>
    Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ name, bytes }) => [name, Number(bytes)]))
  return { at: now.toISOString(), databases: of('database'), tables: of('table') }
}

/** Sizes with their growth since the last report, connections, and numbers that run out. */
export async function capacityChecks(
  client: ServerClient,
  figures: CapacityFigures,
  before: CapacityFigures | null,
): Promise<Check[]> {
  const { rows } = await client.query<{ used: number; most: number; age: number; ageMost: number }>(`
    select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
      (select max(age(datfrozenxid))::int from pg_database) as age, 2000000000 as "ageMost"`)
  const [{ used, most, age, ageMost }] = rows
  return [
    share('connections', 'connections that are open', used, most),
    share('transaction-numbers', 'transaction numbers until autovacuum must stop the server', age, ageMost),
    ...grown('database', figures.databases, figures.at, before?.databases, before?.at),
    ...grown('table', figures.tables, figures.at, before?.tables, before?.at),
  ]
}

function share(id: string, title: string, used: number, most: number): Check {
  const part = used / most
  return {
    id: `capacity.${id}`,
    title,
    tier: 'critical',
    verdict: part >= 0.9 ? 'fail' : part >= 0.7 ? 'warn' : 'pass',
    evidence: `${used} of ${most} (${Math.round(part * 100)} %)`,
    references: ['SOC 2 A1.1', 'ISO 27001 A.8.6'],
  }
}

function grown(
  what: 'database' | 'table',
  sizes: Readonly<Record<string, number>>,
  at: string,
  before: Readonly<Record<string, number>> | undefined,
  beforeAt: string | undefined,
): Check[] {
  const days = beforeAt === undefined ? 0 : (Date.parse(at) - Date.parse(beforeAt)) / DAY_MS
  return Object.entries(sizes).map(([name, bytes]): Check => {
    const base = {
      id: `capacity.${what}`,
      title: `${what} ${name}`,
      tier: 'optional',
      references: ['ISO 27001 A.8.6'],
    } as const
    const then = before?.[name]
    if (then === undefined || days <= 0)
      return { ...base, verdict: 'pass', evidence: `${bytes} bytes; no earlier figure` }
    const daily = (bytes - then) / days
    const doubles = daily > 0 ? bytes / daily : Number.POSITIVE_INFINITY
    return {
      ...base,
      verdict: days >= 1 && doubles < SOON_DAYS ? 'warn' : 'pass',
      evidence: `${bytes} bytes, ${bytes - then} more since ${beforeAt?.slice(0, 10)}, ${Math.round(daily)} a day`,
    }
  })
}
