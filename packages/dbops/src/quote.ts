/** A name as SQL reads it back, always in quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A string as SQL reads it back; with `E''` only where a backslash makes it necessary. */
export function quoteText(text: string): string {
  const body = text.replaceAll("'", "''")
  return body.includes('\\') ? `E'${body.replaceAll('\\', '\\\\')}'` : `'${body}'`
}

/** Schema and name of `schema.table`, of which either part may stand in quotes, as in `"my.schema"."t.1"`; null for anything else. */
export function qualifiedName(text: string): { readonly schema: string; readonly table: string } | null {
  const [, quotedSchema, schema, quotedTable, table] =
    /^(?:"((?:[^"]|"")+)"|([^".]+))\.(?:"((?:[^"]|"")+)"|([^"]+))$/.exec(text) ?? []
  const [first, second] = [quotedSchema?.replaceAll('""', '"') ?? schema, quotedTable?.replaceAll('""', '"') ?? table]
  return first === undefined || second === undefined ? null : { schema: first, table: second }
}
