import { setTimeout } from 'node:timers/promises'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import type { Journal } from '../state/journal.ts'

export interface SwapPayload {
  /** Name the applications use. */
  readonly live: string
  /** Database that takes the name. */
  readonly restored: string
  /** Name the old one keeps. */
  readonly kept: string
}

/** Name under which the live database is kept; its time tells when. */
export function keptName(live: string, now: Date): string {
  return `${live.slice(0, 40)}_prev_${now.toISOString().replace(/\D/g, '').slice(0, 14)}`
}

/**
 * Gives the restored database the live name, keeping the old one under another, in two renames of one transaction, so that a crash
 * leaves both as they were. Sessions of both are ended first; nobody gets in between.
 * @throws {DbopsError}
 */
export async function swapDatabases(
  admin: ConnectionParameters,
  payload: SwapPayload,
  journal: Journal,
): Promise<void> {
  const { live, restored, kept } = payload
  await journal.step('swap', () =>
    withServer(admin, async (client) => {
      await requireOutside(client, [live, restored])
      const hasLive = await exists(client, live)
      await closed(client, hasLive ? [live, restored] : [restored], async () => {
        await client.query('begin')
        if (hasLive) await client.query(`alter database ${quoteName(live)} rename to ${quoteName(kept)}`)
        await client.query(`alter database ${quoteName(restored)} rename to ${quoteName(live)}`)
        await client.query('commit')
      })
      await client.query(`alter database ${quoteName(live)} allow_connections true`)
    }),
  )
}

/** Takes the swap back: the kept database becomes live again, the other one is put aside under its old name. */
export async function undoSwap(admin: ConnectionParameters, { live, restored, kept }: SwapPayload): Promise<void> {
  await withServer(admin, async (client) => {
    await requireOutside(client, [live, kept])
    if (!(await exists(client, kept)))
      throw new DbopsError('REFUSED', `database ${kept} is gone, so the swap cannot be undone`)
    await closed(client, [live, kept], async () => {
      await client.query('begin')
      await client.query(`alter database ${quoteName(live)} rename to ${quoteName(restored)}`)
      await client.query(`alter database ${quoteName(kept)} rename to ${quoteName(live)}`)
      await client.query('commit')
    })
    await client.query(`alter database ${quoteName(live)} allow_connections true`)
    await client.query(`alter database ${quoteName(restored)} allow_connections true`)
  })
}

/** Runs `work` while nobody is in the databases and nobody gets in; opens them again when it fails. */
async function closed(client: ServerClient, names: readonly string[], work: () => Promise<void>): Promise<void> {
  for (const name of names) await client.query(`alter database ${quoteName(name)} allow_connections false`)
  try {
    await drain(client, names)
    await work()
  } catch (error) {
    await client.query('rollback')
    for (const name of names) await client.query(`alter database ${quoteName(name)} allow_connections true`)
    throw error
  }
}

async function drain(client: ServerClient, names: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await client.query<{ left: string }>(
      'select count(pg_terminate_backend(pid)) as left from pg_stat_activity where datname = any($1)',
      [names],
    )
    if (rows[0].left === '0') return
    await setTimeout(50)
  }
  throw new DbopsError('TIMED_OUT', `sessions in ${names.join(', ')} do not end`)
}

async function requireOutside(client: ServerClient, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database()::text as name')
  if (names.includes(rows[0].name))
    throw new DbopsError('USAGE', `this session is in ${rows[0].name}, which is to be renamed`, {
      hint: 'connect to the database postgres',
    })
}

async function exists(client: ServerClient, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  return rowCount === 1
}
