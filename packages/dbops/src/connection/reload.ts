import { setTimeout } from 'node:timers/promises'
import { DbopsError } from '../errors.ts'
import { connectServer } from './connect.ts'
import type { ConnectionParameters } from './parameters.ts'
import type { ServerClient } from './server-client.ts'

const PATIENCE_MS = 30_000
const PAUSE_MS = 20

/**
 * Makes the server read its configuration anew and waits until this session has. Returns the time of the reading before.
 * @throws {DbopsError} TIMED_OUT
 */
export async function reloadSettings(client: ServerClient): Promise<string> {
  const before = await loadedAt(client)
  await client.query('select pg_reload_conf()')
  await until(async () => (await loadedAt(client)) !== before)
  return before
}

/**
 * Logs in under what the server has read after `before`: a new session inherits the time of the reading from the process that let it in,
 * so one that came too soon is told apart. @throws {DbopsError} TIMED_OUT, and what keeps the login out
 */
export async function requireLoginAfter(login: ConnectionParameters, before: string): Promise<void> {
  await until(async () => {
    const client = await connectServer(login)
    try {
      return (await loadedAt(client)) !== before
    } finally {
      await client.end()
    }
  })
}

async function loadedAt(client: ServerClient): Promise<string> {
  const { rows } = await client.query<{ at: string }>('select extract(epoch from pg_conf_load_time())::text as at')
  return rows[0].at
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (performance.now() > endMs)
      throw new DbopsError('TIMED_OUT', 'the server did not read its configuration anew in time')
    await setTimeout(PAUSE_MS)
  }
}
