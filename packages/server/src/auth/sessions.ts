import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { StoredSession } from '../stored-rows.ts'
import { TOKEN_SECONDS } from './tokens.ts'

/** Where a session was opened from. */
export interface Origin {
  readonly ip: string
  readonly userAgent: string | undefined
}

const MOST_USER_AGENT = 300

/** Opens a session; its id is the `jti` of the token. */
export async function openSession(
  query: Kysely<Database>,
  userId: string,
  { ip, userAgent }: Origin,
  now: Date,
): Promise<string> {
  const id = randomUUID()
  const at = now.toISOString()
  await query
    .insertInto('sessions')
    .values({
      id,
      user_id: userId,
      created_at: at,
      expires_at: new Date(now.getTime() + TOKEN_SECONDS * 1000).toISOString(),
      last_seen_at: at,
      revoked_at: null,
      ip_address: ip,
      user_agent: userAgent?.slice(0, MOST_USER_AGENT) ?? null,
    })
    .execute()
  return id
}

/** Ends one session of a user. False when there is none that is open. */
export async function revokeSession(
  query: Kysely<Database>,
  userId: string,
  sessionId: string,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('sessions')
    .set({ revoked_at: now.toISOString() })
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends all sessions of a user, but the one that is spared. */
export async function revokeSessions(
  query: Kysely<Database>,
  userId: string,
  now: Date,
  spared: string | null = null,
): Promise<void> {
  let update = query
    .updateTable('sessions')
    .set({ revoked_at: now.toISOString() })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
  if (spared !== null) update = update.where('id', '!=', spared)
  await update.execute()
}

/** Open sessions of a user, newest first. */
export function openSessions(query: Kysely<Database>, userId: string, now: Date): Promise<StoredSession[]> {
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now.toISOString())
    .orderBy('created_at', 'desc')
    .execute()
}
