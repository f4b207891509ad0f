import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { StoredUser } from '../stored-rows.ts'

/** A connection or a transaction. */
export type Query = Kysely<Database>

export interface NewUser {
  readonly username: string
  readonly email: string
  readonly hashedPassword: string
  readonly role: 'admin' | 'user'
  readonly isApproved: boolean
  readonly approvedBy: string | null
  readonly mustChangePassword: boolean
  /** English, where nothing is said. */
  readonly language?: 'en' | 'fr'
}

/** How many earlier passwords may not be taken again. */
export const REMEMBERED_PASSWORDS = 5

export async function findUserByName(query: Query, username: string): Promise<StoredUser | null> {
  const found = query.selectFrom('users').selectAll().where('username', '=', username.toLowerCase())
  return (await found.executeTakeFirst()) ?? null
}

export async function findUserByEmail(query: Query, email: string): Promise<StoredUser | null> {
  const found = query.selectFrom('users').selectAll().where('email', '=', email.toLowerCase())
  return (await found.executeTakeFirst()) ?? null
}

export async function findUser(query: Query, id: string): Promise<StoredUser | null> {
  return (await query.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

/** Adds a user and remembers its password; null when name or address are taken, also by somebody at the same moment. */
export async function addUser(query: Query, user: NewUser, now: Date): Promise<StoredUser | null> {
  const at = now.toISOString()
  const added = await query
    .insertInto('users')
    .values({
      id: randomUUID(),
      username: user.username.toLowerCase(),
      email: user.email.toLowerCase(),
      hashed_password: user.hashedPassword,
      role: user.role,
      is_active: true,
      is_approved: user.isApproved,
      approved_by: user.approvedBy,
      approved_at: user.isApproved ? at : null,
      created_at: at,
      password_must_change: user.mustChangePassword,
      password_changed_at: at,
      ...(user.language && { language: user.language }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (added === undefined) return null
  await rememberPassword(query, added.id, user.hashedPassword, now)
  return added
}

/** Sets a password and remembers it among the last few. */
export async function setPassword(
  query: Query,
  userId: string,
  hashedPassword: string,
  { mustChange, now }: { mustChange: boolean; now: Date },
): Promise<StoredUser> {
  const user = await query
    .updateTable('users')
    .set({
      hashed_password: hashedPassword,
      password_must_change: mustChange,
      password_changed_at: now.toISOString(),
    })
    .where('id', '=', userId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await rememberPassword(query, userId, hashedPassword, now)
  return user
}

/** Hashes of the last passwords, the present one among them, newest first. */
export async function rememberedPasswords(query: Query, user: StoredUser): Promise<string[]> {
  const rows = await query
    .selectFrom('password_history')
    .select('hashed_password')
    .where('user_id', '=', user.id)
    .orderBy('created_at', 'desc')
    .limit(REMEMBERED_PASSWORDS)
    .execute()
  return [...new Set([user.hashed_password, ...rows.map((row) => row.hashed_password)])]
}

async function rememberPassword(query: Query, userId: string, hashedPassword: string, now: Date): Promise<void> {
  await query
    .insertInto('password_history')
    .values({ id: randomUUID(), user_id: userId, hashed_password: hashedPassword, created_at: now.toISOString() })
    .execute()
  const kept = query
    .selectFrom('password_history')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .limit(REMEMBERED_PASSWORDS)
  await query.deleteFrom('password_history').where('user_id', '=', userId).where('id', 'not in', kept).execute()
}
