import { chownSync, copyFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { connectServer, withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { parseHba } from './hba-rule.ts'

export interface ApplyHbaOptions {
  /** A superuser's session on the machine of the server. */
  readonly server: ConnectionParameters
  readonly text: string
  /** Logins that must still get in afterwards; the tool's own always must. */
  readonly mustConnect?: readonly ConnectionParameters[]
}

/**
 * Replaces pg_hba.conf: validate, keep the old, place, reload, see that the server read it, prove by logging in anew; whatever fails
 * brings the old rules back while the session that was open before still lives.
 * @throws {DbopsError} REFUSED for text with errors, INTEGRITY when the proof failed (and the old rules are back)
 */
export async function applyHba({ server, text, mustConnect = [] }: ApplyHbaOptions): Promise<void> {
  const [error] = parseHba(text).errors
  if (error !== undefined) throw new DbopsError('REFUSED', `line ${error.line}: ${error.message}`)
  await withServer(server, async (client) => {
    const { rows } = await client.query<{ path: string }>("select current_setting('hba_file') as path")
    const [{ path }] = rows
    const before = `${path}.dbops-before`
    copyFileSync(path, before)
    const reload = async (): Promise<void> => {
      const { rows: times } = await client.query<{ at: string }>('select pg_conf_load_time()::text as at')
      await client.query('select pg_reload_conf()')
      for (let tries = 0; tries < 100; tries++) {
        const { rows: now } = await client.query<{ at: string }>('select pg_conf_load_time()::text as at')
        if (now[0].at !== times[0].at) break
        await setTimeout(20)
      }
      await setTimeout(50) // the postmaster reads the rules a moment after the sessions read the settings
    }
    place(path, text)
    try {
      const { rows: wrong } = await client.query<{ line: number; error: string }>(
        'select line_number as line, error from pg_hba_file_rules where error is not null',
      )
      if (wrong.length > 0)
        throw new DbopsError('INTEGRITY', `the server cannot read line ${wrong[0].line}: ${wrong[0].error}`)
      await reload()
      for (const login of [server, ...mustConnect]) await requireLogin(login)
    } catch (cause) {
      place(path, readFileSync(before, 'utf8'))
      await reload()
      throw new DbopsError('INTEGRITY', `the old rules are back: ${(cause as Error).message}`, { cause })
    }
  })
}

async function requireLogin(login: ConnectionParameters): Promise<void> {
  const client = await connectServer(login)
  await client.end()
}

function place(path: string, text: string): void {
  const { mode, uid, gid } = statSync(path)
  const draft = `${path}.dbops-new`
  writeFileSync(draft, text, { mode: mode & 0o777 })
  chownSync(draft, uid, gid)
  renameSync(draft, path)
}
