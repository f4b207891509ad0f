import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { reloadSettings } from '../connection/reload.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import { privateKeyProblem } from '../tls/key-file.ts'

export interface AppliedSettings {
  readonly changed: readonly string[]
  /** Set, but without effect before the server restarts. */
  readonly needsRestart: readonly string[]
  /** What ALTER SYSTEM had set before of what was changed; null where it had not. */
  readonly before: Readonly<Record<string, string | null>>
}

/**
 * Sets what differs with ALTER SYSTEM, reloads, and reads everything back; whatever the server does not take is taken back.
 * @throws {DbopsError} REFUSED for what would keep the server from starting, INTEGRITY when a setting did not come through
 */
export async function applySettings(
  server: ConnectionParameters,
  wanted: Readonly<Record<string, string | null>>,
): Promise<AppliedSettings> {
  return await withServer(server, async (client) => {
    await requireStartable(client, wanted)
    const values = await currentValues(client, Object.keys(wanted))
    const systemBefore = await systemValues(client, Object.keys(wanted))
    const changed: string[] = []
    try {
      for (const [name, value] of Object.entries(wanted)) {
        const current = values.get(name)
        if (current === undefined) throw new DbopsError('USAGE', `setting ${name} is unknown to this server`)
        if (value === null ? systemBefore[name] === null : current === value) continue
        await setOrReset(client, name, value)
        changed.push(name)
      }
      await reloadSettings(client)
      const { rows } = await client.query<{ name: string; pending: boolean }>(
        'select name, pending_restart as pending from pg_settings where name = any($1)',
        [changed],
      )
      const { rows: wrong } = await client.query<{ name: string; error: string }>(
        "select name, error from pg_file_settings where name = any($1) and error is not null and error <> 'setting could not be applied'",
        [changed],
      )
      if (wrong.length > 0) throw new DbopsError('INTEGRITY', `${wrong[0].name}: ${wrong[0].error}`)
      return {
        changed,
        needsRestart: rows.filter(({ pending }) => pending).map(({ name }) => name),
        before: Object.fromEntries(changed.map((name) => [name, systemBefore[name]])),
      }
    } catch (error) {
      for (const name of changed) await setOrReset(client, name, systemBefore[name])
      await reloadSettings(client)
      throw error
    }
  })
}

const INVALID_PARAMETER_VALUE = '22023'

/** Sets with ALTER SYSTEM; null takes back what it had set. */
async function setOrReset(client: ServerClient, name: string, value: string | null): Promise<void> {
  const change = value === null ? `reset ${quoteName(name)}` : `set ${quoteName(name)} = ${quoteText(value)}`
  try {
    await client.query(`alter system ${change}`)
  } catch (error) {
    if (sqlStateOf(error) !== INVALID_PARAMETER_VALUE) throw error
    throw new DbopsError('USAGE', (error as Error).message, { cause: error })
  }
}

/** What ALTER SYSTEM has set of these, in postgresql.auto.conf; null where it has not. */
async function systemValues(client: ServerClient, names: readonly string[]): Promise<Record<string, string | null>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_file_settings where name = any($1) and sourcefile ~ 'postgresql\\.auto\\.conf$' order by seqno",
    [names],
  )
  const found = new Map(rows.map(({ name, setting }) => [name, setting]))
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? null]))
}

async function currentValues(client: ServerClient, names: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; current: string }>(
    'select name, current_setting(name) as current from pg_settings where name = any($1)',
    [names],
  )
  return new Map(rows.map(({ name, current }) => [name, current]))
}

/** `ssl = on` without a usable pair is taken on reload and keeps the server from its next start. @throws {DbopsError} REFUSED */
export async function requireStartable(
  client: ServerClient,
  wanted: Readonly<Record<string, string | null>>,
): Promise<void> {
  const { rows } = await client.query<{ folder: string; ssl: string; certificate: string; key: string }>(
    "select current_setting('data_directory') as folder, current_setting('ssl') as ssl, current_setting('ssl_cert_file') as certificate, current_setting('ssl_key_file') as key",
  )
  const [{ folder, ssl, certificate, key }] = rows
  if ((wanted.ssl ?? ssl) !== 'on' || !existsSync(folder)) return
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const certificatePath = absolute(wanted.ssl_cert_file ?? certificate)
  const problem = existsSync(certificatePath)
    ? privateKeyProblem(absolute(wanted.ssl_key_file ?? key))
    : `${certificatePath} does not exist`
  if (problem !== null)
    throw new DbopsError('REFUSED', `with ssl = on the server would not start again: ${problem}`, {
      hint: 'dbops tls install places a pair first',
    })
}
