import type { ServerClient } from '../connection/server-client.ts'
import { type HbaFile, parseHba } from './hba-rule.ts'

/** The rules that stand in the file of a server, with their line numbers; needs the right to read pg_hba_file_rules. */
export async function readServerRules(client: ServerClient): Promise<{ file: HbaFile; path: string; count: number }> {
  const { rows } = await client.query<{ line: number; text: string; error: string | null; path: string }>(
    `select line_number as line, error, current_setting('hba_file') as path, concat_ws(' ', type, array_to_string(database, ','),
        array_to_string(user_name, ','), address || case when netmask is null then '' else ' ' || netmask end, auth_method,
        array_to_string(options, ' ')) as text
      from pg_hba_file_rules order by 1`,
  )
  const lines: string[] = []
  for (const row of rows) lines[row.line - 1] = row.error === null ? row.text : '!'
  const file = parseHba(Array.from(lines, (line) => line ?? '').join('\n'))
  return { file, path: rows[0]?.path ?? 'pg_hba.conf', count: rows.length }
}
