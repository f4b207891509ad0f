import { chownSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { reloadSettings, requireLoginAfter } from '../connection/reload.ts'
import { DbopsError } from '../errors.ts'
import { parseHba } from './hba-rule.ts'

export interface ApplyHbaOptions {
  /** A superuser's session on the machine of the server. */
  readonly server: ConnectionParameters
  readonly text: string
  /** Logins that must still get in afterwards; the tool's own always must. */
  readonly mustConnect?: readonly ConnectionParameters[]
}

/** What was replaced. */
export interface ReplacedHba {
  readonly path: string
  /** The rules before, as text. */
  readonly before: string
}

/**
 * Replaces pg_hba.conf: validate, keep the old, place, reload, see that the server read it, prove by logging in anew; whatever fails
 * brings the old rules back while the session that was open before still lives.
 * @throws {DbopsError} REFUSED for text with errors, INTEGRITY when the proof failed (and the old rules are back)
 */
export async function applyHba({ server, text, mustConnect = [] }: ApplyHbaOptions): Promise<ReplacedHba> {
  const { rules, includes, errors } = parseHba(text)
  if (errors.length > 0) throw new DbopsError('REFUSED', `line ${errors[0].line}: ${errors[0].message}`)
  // a server that runs would keep the old rules without a word in pg_hba_file_rules
  if (rules.length === 0 && includes.length === 0)
    throw new DbopsError('REFUSED', 'there is no rule: the server would not start again')
  return await withServer(server, async (client) => {
    const { rows } = await client.query<{ path: string }>("select current_setting('hba_file') as path")
    const [{ path }] = rows
    const before = readFileSync(path, 'utf8')
    writeFileSync(`${path}.dbops-before`, before, { mode: 0o600 })
    place(path, text)
    try {
      const { rows: wrong } = await client.query<{ line: number; error: string }>(
        'select line_number as line, error from pg_hba_file_rules where error is not null',
      )
      if (wrong.length > 0)
        throw new DbopsError('INTEGRITY', `the server cannot read line ${wrong[0].line}: ${wrong[0].error}`)
      const last = await reloadSettings(client)
      for (const login of [server, ...mustConnect]) await requireLoginAfter(login, last)
    } catch (cause) {
      place(path, before)
      await requireLoginAfter(server, await reloadSettings(client))
      throw new DbopsError('INTEGRITY', `the old rules are back: ${(cause as Error).message}`, { cause })
    }
    return { path, before }
  })
}

function place(path: string, text: string): void {
  const { mode, uid, gid } = statSync(path)
  const draft = `${path}.dbops-new`
  writeFileSync(draft, text, { mode: mode & 0o777 })
  chownSync(draft, uid, gid)
  renameSync(draft, path)
}
