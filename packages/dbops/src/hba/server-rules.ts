import type { ServerClient } from '../connection/server-client.ts'
import { type HbaError, type HbaFile, type HbaRule, parseHba } from './hba-rule.ts'

interface Row {
  readonly line: number
  readonly text: string
  readonly error: string | null
  readonly path: string
  /** Null before PostgreSQL 16, which has one file. */
  readonly file: string | null
}

/** From here on rules may stand in several files, and the view tells in which. */
const FILES_FROM = 160_000

/**
 * The rules that stand in the files of a server, included ones too, with file and line; names behind `@file` are in their place already.
 * Needs the right to read pg_hba_file_rules.
 */
export async function readServerRules(client: ServerClient): Promise<{ file: HbaFile; path: string; count: number }> {
  const { rows: versions } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  const hasFiles = versions[0].version >= FILES_FROM
  const { rows } = await client.query<Row>(
    `select line_number as line, error, current_setting('hba_file') as path, ${hasFiles ? 'file_name' : 'null'} as file,
      concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','),
        address || case when netmask is null then '' else ' ' || netmask end, auth_method, array_to_string(options, ' ')) as text
      from pg_hba_file_rules order by ${hasFiles ? 'rule_number nulls first, file_name, line_number' : 'line_number'}`,
  )
  const path = rows[0]?.path ?? 'pg_hba.conf'
  const rules: HbaRule[] = []
  const errors: HbaError[] = []
  for (const { line, text, error, file } of rows) {
    const place = { file: file ?? path, line }
    if (error !== null) errors.push({ ...place, message: error })
    else for (const rule of parseHba(text).rules) rules.push({ ...rule, ...place })
  }
  return { file: { rules, errors, includes: [] }, path, count: rows.length }
}
