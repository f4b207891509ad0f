import { setTimeout } from 'node:timers/promises'
import { connectServer, withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'
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

const MOST_TRIES = 10
const OBJECT_IN_USE = '55006'

/** Name under which the live database is kept; its time tells when. */
export function keptName(live: string, now: Date): string {
  return `${live.slice(0, 40)}_prev_${now.toISOString().replace(/\D/g, '').slice(0, 14)}`
}

/**
 * Gives the restored database the live name, keeping the old one under another. Both renames are one transaction, so that a crash at any
 * moment leaves either the old names or the new ones, and both databases open.
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
      const renames: [string, string][] = [[restored, live]]
      if (await exists(client, live)) renames.unshift([live, kept])
      await renameAll(client, admin, renames)
    }),
  )
}

/** Takes the swap back: the kept database becomes live again, the other one is put aside under its old name. */
export async function undoSwap(admin: ConnectionParameters, { live, restored, kept }: SwapPayload): Promise<void> {
  await withServer(admin, async (client) => {
    await requireOutside(client, [live, kept])
    if (!(await exists(client, kept)))
      throw new DbopsError('REFUSED', `database ${kept} is gone, so the swap cannot be undone`)
    await renameAll(client, admin, [
      [live, restored],
      [kept, live],
    ])
  })
}

/** While the server renames it lets nobody new in; who is in already is ended over a second session. */
async function renameAll(
  client: ServerClient,
  admin: ConnectionParameters,
  renames: readonly (readonly [string, string])[],
): Promise<void> {
  const names = renames.map(([from]) => from)
  const ending = endSessions(await connectServer(admin), names)
  try {
    for (let tries = 1; ; tries++) {
      try {
        await client.query('begin')
        for (const [from, to] of renames)
          await client.query(`alter database ${quoteName(from)} rename to ${quoteName(to)}`)
        await client.query('commit')
        return
      } catch (error) {
        await client.query('rollback')
        if (sqlStateOf(error) !== OBJECT_IN_USE) throw error
        if (tries === MOST_TRIES)
          throw new DbopsError('TIMED_OUT', `sessions in ${names.join(', ')} do not end`, { cause: error })
      }
    }
  } finally {
    await ending.stop()
  }
}

function endSessions(client: ServerClient, names: readonly string[]): { stop(): Promise<void> } {
  let isOver = false
  const loop = (async () => {
    while (!isOver) {
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [names])
      await setTimeout(20)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await loop.catch(() => {}) // the renames say themselves when they fail
      await client.end()
    },
  }
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
