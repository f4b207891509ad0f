import type { ServerClient } from '../connection/server-client.ts'
import { quoteName } from '../quote.ts'
import type { ProvableTable } from './table-proof.ts'

/** Tables beyond these stay in the main archive: their names would make the arguments endless, and the small ones weigh nothing. */
const MOST_PARTED_TABLES = 500

/**
 * Shares the rows of the largest tables out among archives of their own, so that several programs dump at once. The main archive keeps
 * the schema, sequences, large objects and the rows of every table that is in no part. Returns one list of tables for each part.
 */
export async function dumpParts(
  client: ServerClient,
  tables: readonly ProvableTable[],
  jobs: number,
): Promise<ProvableTable[][]> {
  if (jobs === 1) return []
  const { rows } = await client.query<ProvableTable & { bytes: number }>(
    `select n.nspname as schema, c.relname as table, pg_table_size(c.oid)::float8 as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and pg_relation_size(c.oid) > 0 order by 3 desc, 1, 2`,
  )
  const names = new Set(tables.map(patternOf))
  const largest = rows.filter((row) => names.has(patternOf(row))).slice(0, MOST_PARTED_TABLES)
  // the first bin stands for the main archive
  const bins = Array.from({ length: jobs }, () => ({ bytes: 0, tables: [] as ProvableTable[] }))
  for (const { schema, table, bytes } of largest) {
    const lightest = bins.reduce((least, bin) => (bin.bytes < least.bytes ? bin : least))
    lightest.bytes += bytes
    lightest.tables.push({ schema, table })
  }
  return bins.slice(1).flatMap(({ tables: parted }) => (parted.length === 0 ? [] : [parted]))
}

/** A pattern of pg_dump that stands for this table alone. */
export function patternOf({ schema, table }: ProvableTable): string {
  return `${quoteName(schema)}.${quoteName(table)}`
}
