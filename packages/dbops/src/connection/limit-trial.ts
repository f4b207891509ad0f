import { DbopsError } from '../errors.ts'
import { connectServer } from './connect.ts'
import type { ConnectionParameters } from './parameters.ts'
import type { ServerClient } from './server-client.ts'

const MOST_RETRIES = 10

export interface LimitTrial {
  /** Whose limit is the narrower one. */
  readonly of: 'role' | 'database'
  readonly limit: number
  /** Sessions that counted against it when the server refused one more; equal to the limit when it holds. */
  readonly reached: number
  /** What the server said to the one too many; null when it let even that one in. */
  readonly refusal: string | null
}

interface Limits {
  readonly role: number
  readonly database: number
  readonly role_sessions: number
  readonly database_sessions: number
  readonly free: number
  readonly is_superuser: boolean
}

/**
 * Opens sessions until the server refuses one, counts those that stand against the limit, and closes them all; never takes the last
 * sessions that the server has for everybody.
 * @throws {DbopsError} REFUSED for a superuser (whom no limit binds), without a limit, and when the server has too few sessions left
 */
export async function tryLimit(parameters: ConnectionParameters): Promise<LimitTrial> {
  const held = [await connectServer(parameters)]
  try {
    const limits = await readLimits(held[0])
    const narrowest = narrowestOf(limits)
    if (limits.is_superuser) throw new DbopsError('REFUSED', 'no connection limit binds a superuser')
    if (narrowest === null)
      throw new DbopsError('REFUSED', 'neither the role nor the database has a connection limit', {
        hint: 'alter role … connection limit 20; dbops roles plan declares it',
      })
    const { of, limit, free } = narrowest
    if (free >= limits.free)
      throw new DbopsError('REFUSED', `the server has ${limits.free} session(s) left, and ${free} would be taken`)
    // others may leave between a refusal and the count: only one that stays below the limit is wrong
    let refusal: string | null = null
    let reached = limit - free
    for (let tries = 0; tries < free + MOST_RETRIES && (refusal === null || reached < limit); tries++) {
      refusal = await openOrRefusal(parameters, held)
      reached = sessionsOf(await readLimits(held[0]), of)
      if (refusal === null && reached > limit) break
    }
    return { of, limit, reached, refusal }
  } finally {
    await Promise.all(held.map((client) => client.end()))
  }
}

async function openOrRefusal(parameters: ConnectionParameters, held: ServerClient[]): Promise<string | null> {
  try {
    held.push(await connectServer(parameters))
    return null
  } catch (error) {
    if (error instanceof DbopsError && error.code === 'TOO_MANY_CONNECTIONS') return error.message
    throw error
  }
}

function sessionsOf(limits: Limits, of: LimitTrial['of']): number {
  return of === 'role' ? limits.role_sessions : limits.database_sessions
}

/** The limit with the fewest sessions left. */
function narrowestOf(limits: Limits): { of: LimitTrial['of']; limit: number; free: number } | null {
  const all = (['role', 'database'] as const)
    .filter((of) => limits[of] >= 0)
    .map((of) => ({ of, limit: limits[of], free: limits[of] - sessionsOf(limits, of) }))
    .sort((a, b) => a.free - b.free)
  return all[0] ?? null
}

async function readLimits(client: ServerClient): Promise<Limits> {
  await client.query('select pg_stat_clear_snapshot()')
  const { rows } = await client.query<Limits>(`
    select r.rolconnlimit as role, d.datconnlimit as database, r.rolsuper as is_superuser,
      (select count(*)::int from pg_stat_activity where usesysid = r.oid and backend_type = 'client backend') as role_sessions,
      (select count(*)::int from pg_stat_activity where datid = d.oid and backend_type = 'client backend') as database_sessions,
      (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (select count(*) from pg_stat_activity where backend_type = 'client backend'))::int as free
    from pg_roles r, pg_database d where r.rolname = session_user and d.datname = current_database()`)
  return rows[0]
}
