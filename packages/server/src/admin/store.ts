import { sql } from 'kysely'
import type { StoredUser } from '../stored-rows.ts'
import { likePattern } from '../tasks/store.ts'
import type { Query } from '../users/store.ts'

export type UserFilter = 'pending' | 'approved' | 'blocked'

/** What the list of users is asked for. */
export interface UserQuery {
  readonly limit: number
  readonly offset: number
  readonly status?: UserFilter
  readonly role?: 'admin' | 'user'
  readonly search?: string
}

/** Users that match, newest first, and how many there are in all. */
export async function listUsers(query: Query, asked: UserQuery): Promise<{ users: StoredUser[]; total: number }> {
  const matching = () => {
    let found = query.selectFrom('users')
    if (asked.role !== undefined) found = found.where('role', '=', asked.role)
    if (asked.status === 'pending') found = found.where('is_approved', '=', false)
    if (asked.status === 'approved') found = found.where('is_approved', '=', true).where('is_active', '=', true)
    if (asked.status === 'blocked') found = found.where('is_active', '=', false)
    if (asked.search !== undefined && asked.search !== '') {
      const pattern = likePattern(asked.search)
      found = found.where(sql<boolean>`(username like ${pattern} escape '!' or email like ${pattern} escape '!')`)
    }
    return found
  }
  const users = await matching()
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(asked.limit)
    .offset(asked.offset)
    .execute()
  const { total } = await matching()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return { users, total }
}
