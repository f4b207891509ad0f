import { ServiceError } from '../errors.ts'
import type { OpenDatabase } from './open-database.ts'
import { asTenant, SERVICE } from './tenant.ts'

/**
 * Gives tasks without an owner, as version 4 left them, to a user; to the first administrator when none is named.
 * @returns the owner's name and how many tasks. @throws {ServiceError} TRANSFER_FAILED when there is no such user.
 */
export async function assignOrphans(
  database: OpenDatabase,
  username: string | null = null,
): Promise<{ owner: string; tasks: number }> {
  return asTenant(database, SERVICE, async (transaction) => {
    const users = transaction.selectFrom('users').select(['id', 'username']).orderBy('created_at').limit(1)
    const owner = await (username === null
      ? users.where('role', '=', 'admin')
      : users.where('username', '=', username.toLowerCase())
    ).executeTakeFirst()
    if (owner === undefined)
      throw new ServiceError(
        'TRANSFER_FAILED',
        username === null ? 'there is no administrator' : `there is no user ${username}`,
      )
    const result = await transaction
      .updateTable('tasks')
      .set({ owner_id: owner.id })
      .where('owner_id', 'is', null)
      .executeTakeFirst()
    return { owner: owner.username, tasks: Number(result.numUpdatedRows) }
  })
}
