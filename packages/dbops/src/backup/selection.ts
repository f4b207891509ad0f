import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import { patternOf } from './dump-parts.ts'
import type { BackupSelection } from './manifest.ts'
import type { ProvableTable } from './table-proof.ts'

/**
 * Arguments of pg_dump that stand for exactly what was chosen, for pg_dump would read the names as patterns.
 * @throws {DbopsError} USAGE with the name of which the database has nothing
 */
export async function selectionArguments(client: ServerClient, selection: BackupSelection | null): Promise<string[]> {
  if (selection === null) return []
  const { schemas, tables, excluded } = selection
  if (schemas.length > 0 && tables.length > 0)
    throw new DbopsError('USAGE', 'pg_dump leaves out schemas when tables are chosen', {
      hint: 'choose schemas or tables, and leave tables out with --exclude',
    })
  const { rows: known } = await client.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' and nspname = any($1)",
    [schemas],
  )
  for (const schema of schemas)
    if (!known.some(({ name }) => name === schema))
      throw new DbopsError('USAGE', `the database has no schema ${schema}`, { hint: 'names are exact, without quotes' })
  return [
    ...schemas.map((schema) => `--schema=${quoteName(schema)}`),
    ...(await patternsOf(client, tables)).map((pattern) => `--table=${pattern}`),
    ...(await patternsOf(client, excluded)).map((pattern) => `--exclude-table=${pattern}`),
  ]
}

/** Views and sequences count as tables, as with pg_dump. */
async function patternsOf(client: ServerClient, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<ProvableTable>(
    `select n.nspname as schema, c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm', 'v', 'S', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and n.nspname || '.' || c.relname = any($1)`,
    [names],
  )
  for (const name of names)
    if (!rows.some((row) => nameOf(row) === name))
      throw new DbopsError('USAGE', `the database has no table ${name}`, {
        hint: 'names are schema.table, exact, without quotes or wildcards',
      })
  return rows.map(patternOf)
}

/** Whether the rows of a table belong to what was chosen. */
export function isSelected(one: ProvableTable, { schemas, tables, excluded }: BackupSelection): boolean {
  const name = nameOf(one)
  if (excluded.includes(name)) return false
  return (schemas.length === 0 && tables.length === 0) || schemas.includes(one.schema) || tables.includes(name)
}

function nameOf({ schema, table }: ProvableTable): string {
  return `${schema}.${table}`
}
