import { execFile } from 'node:child_process'
import { chownSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'

export interface RestartOptions {
  readonly server: ConnectionParameters
  /** Shell command that restarts the server, such as `systemctl restart postgresql`. */
  readonly command: string
  /** How long the server may take to answer again. */
  readonly waitMs: number
  /** Settings that must count afterwards. */
  readonly names: readonly string[]
}

/** What ALTER SYSTEM has written, as it stood before the settings changed. */
export interface SavedSystemSettings {
  readonly path: string
  readonly text: string
}

const POLL_MS = 200
const MOST_COMMAND_MS = 600_000

/** @throws {DbopsError} REFUSED when the server's files are not on this machine: nothing could be brought back */
export async function saveSystemSettings(server: ConnectionParameters): Promise<SavedSystemSettings> {
  const folder = await withServer(server, async (client) => {
    const { rows } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder")
    return rows[0].folder
  })
  const path = join(folder, 'postgresql.auto.conf')
  if (!existsSync(path))
    throw new DbopsError('REFUSED', `${path} is not on this machine: a failed restart could not be undone`, {
      hint: 'run it where the server runs',
    })
  return { path, text: readFileSync(path, 'utf8') }
}

/**
 * Restarts the server and sees that it runs anew with these settings; when it does not come back, the file from before does, and the
 * server is started with it. @throws {DbopsError} INTEGRITY after that, or when even that does not help
 */
export async function restartServer(options: RestartOptions, saved: SavedSystemSettings): Promise<void> {
  const startedBefore = await startOf(options.server)
  const failure = await restartOnce(options, startedBefore)
  if (failure === null) return
  place(saved)
  const again = await restartOnce({ ...options, names: [] }, startedBefore)
  throw new DbopsError(
    'INTEGRITY',
    again === null
      ? `${failure}: the settings from before are back, and the server runs with them`
      : `${failure}; with the settings from before in ${saved.path} ${again} too`,
  )
}

/** Null when all is well, else what is not. */
async function restartOnce(
  { server, command, waitMs, names }: RestartOptions,
  startedBefore: string,
): Promise<string | null> {
  try {
    await promisify(execFile)('/bin/sh', ['-c', command], { env: plainEnvironment(), timeout: MOST_COMMAND_MS })
  } catch {
    // what counts is whether the server runs
  }
  const untilMs = performance.now() + waitMs
  let last = 'the server does not answer'
  for (;;) {
    try {
      const pending = await withServer(server, async (client) => {
        const { rows } = await client.query<{ name: string }>(
          'select name from pg_settings where name = any($1) and pending_restart',
          [names],
        )
        return rows.map(({ name }) => name)
      })
      if ((await startOf(server)) !== startedBefore && pending.length === 0) return null
      last = 'the server was not restarted'
    } catch (error) {
      last = `the server does not answer (${(error as Error).message})`
    }
    if (performance.now() >= untilMs) return last
    await setTimeout(POLL_MS)
  }
}

async function startOf(server: ConnectionParameters): Promise<string> {
  return await withServer(server, async (client) => {
    const { rows } = await client.query<{ at: string }>('select pg_postmaster_start_time()::text as at')
    return rows[0].at
  })
}

function place({ path, text }: SavedSystemSettings): void {
  const { mode, uid, gid } = statSync(path)
  const draft = `${path}.dbops-new`
  writeFileSync(draft, text, { mode: mode & 0o777 })
  chownSync(draft, uid, gid)
  renameSync(draft, path)
}
