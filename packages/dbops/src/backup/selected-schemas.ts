import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { quoteName } from '../quote.ts'
import type { BackupManifest } from './manifest.ts'

/**
 * Makes the schemas in which the chosen tables of a backup lie, for a dump of single tables does not hold them. A schema belongs to its
 * owner of then, or to this login where that role is gone; its grants come with dumps of whole schemas only.
 * @param names the tables, as schema.table
 */
export async function makeSchemas(
  database: ConnectionParameters,
  manifest: BackupManifest,
  names: readonly string[],
): Promise<void> {
  const owners = schemasOf(manifest, names)
  if (owners.size === 0) return
  await withServer(database, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select rolname::text as name from pg_roles where rolname = any($1)',
      [[...owners.values()]],
    )
    const there = new Set(rows.map(({ name }) => name))
    for (const [schema, owner] of owners) {
      const authorization = there.has(owner) ? ` authorization ${quoteName(owner)}` : ''
      await client.query(`create schema if not exists ${quoteName(schema)}${authorization}`)
    }
  })
}

/** Owners of the schemas by name. Names may hold dots, so that every beginning of a table's name that is a schema counts as its schema. */
function schemasOf({ schemaLines, database }: BackupManifest, names: readonly string[]): Map<string, string> {
  const beginnings = names.flatMap((name) =>
    [...name.matchAll(/\./g)].map(({ index }) => name.slice(0, index)).filter((beginning) => beginning !== ''),
  )
  const owners = new Map<string, string>()
  for (const schema of new Set(beginnings)) {
    const start = `schema ${schema} owner=`
    const rest = schemaLines.find((line) => line.startsWith(start))?.slice(start.length)
    if (rest === undefined) continue
    const known = database?.roles.find((role) => rest.startsWith(`${role} acl=`))
    owners.set(schema, known ?? rest.slice(0, rest.indexOf(' acl=')))
  }
  return owners
}
