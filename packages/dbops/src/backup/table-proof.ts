import type { ServerClient } from '../connection/server-client.ts'
import { quoteName } from '../quote.ts'

/** What a table held: number of rows, and two sums of 64-bit hashes over their texts, which no order of rows changes. */
export interface TableProof {
  readonly schema: string
  readonly table: string
  readonly rows: number
  readonly checksum: string
}

/** Settings that change how a value prints; the same on both sides of a comparison. */
export const PINNED_SETTINGS = `
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres';
  set local timezone = 'UTC';
  set local extra_float_digits = 1;
  set local bytea_output = 'hex';
  set local xmlbinary = 'base64';
  set local lc_monetary = 'C';
  set local row_security = off;
  set local statement_timeout = 0;
  set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
`

/** A table whose rows can be proven. */
export interface ProvableTable {
  readonly schema: string
  readonly table: string
}

/** Ordinary tables without those of extensions; partitions count for themselves. A restore computes materialized views anew. */
export async function provableTables(client: ServerClient): Promise<ProvableTable[]> {
  const { rows } = await client.query<{ schema: string; table: string }>(`
    select n.nspname as schema, c.relname as table
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2`)
  return rows
}

/** Proofs of tables in the client's transaction, which must have {@link PINNED_SETTINGS}. */
export async function proveTables(client: ServerClient, tables: readonly ProvableTable[]): Promise<TableProof[]> {
  const proofs: TableProof[] = []
  for (const { schema, table } of tables) {
    // offset 0 keeps the text from being made twice
    const { rows } = await client.query<{ rows: string; checksum: string }>(`
      select count(*) as rows,
        coalesce(sum(hashtextextended(line, 0)), 0) || '/' || coalesce(sum(hashtextextended(line, 1)), 0) as checksum
      from (select (dbops_row.*)::text as line from only ${quoteName(schema)}.${quoteName(table)} dbops_row offset 0) as lines`)
    proofs.push({ schema, table, rows: Number(rows[0].rows), checksum: rows[0].checksum })
  }
  return proofs
}

/** How the restored tables differ from the proofs, one sentence a table; empty when they are equal. */
export function differencesOf(expected: readonly TableProof[], found: readonly TableProof[]): string[] {
  const byName = new Map(found.map((proof) => [nameOf(proof), proof]))
  const differences = expected.flatMap((proof) => {
    const name = nameOf(proof)
    const other = byName.get(name)
    byName.delete(name)
    if (other === undefined) return [`table ${name} is missing`]
    if (other.rows !== proof.rows) return [`table ${name} has ${other.rows} rows, the backup has ${proof.rows}`]
    if (other.checksum !== proof.checksum) return [`table ${name} has the same number of rows with other content`]
    return []
  })
  return [...differences, ...[...byName.keys()].map((name) => `table ${name} is not in the backup`)]
}

function nameOf({ schema, table }: ProvableTable): string {
  return `${schema}.${table}`
}
