import { randomUUID } from 'node:crypto'
import type { OpenDatabase } from '../db/open-database.ts'
import type { ShareLevel } from '../db/schema.ts'
import { asTenant, type Tenant } from '../db/tenant.ts'

/** A share as both sides see it. */
export interface Share {
  readonly id: string
  readonly task_id: string
  readonly level: ShareLevel
  readonly created_at: string
  readonly expires_at: string | null
  readonly owner_username: string | null
  readonly recipient_username: string | null
}

/** Shares that a tenant gave or got. */
export class ShareStore {
  readonly #database: OpenDatabase
  readonly #tenant: Tenant
  readonly #now: () => Date

  constructor(database: OpenDatabase, tenant: Tenant, now: () => Date) {
    this.#database = database
    this.#tenant = tenant
    this.#now = now
  }

  /** How much of a task is shared with this tenant now; null for nothing. */
  async levelOf(taskId: string): Promise<ShareLevel | null> {
    const at = this.#now().toISOString()
    return asTenant(this.#database, this.#tenant, async (transaction) => {
      const row = await transaction
        .selectFrom('report_shares')
        .select(['level', 'expires_at'])
        .where('task_id', '=', taskId)
        .where('recipient_id', '=', this.#tenant.userId)
        .executeTakeFirst()
      return row === undefined || (row.expires_at !== null && row.expires_at <= at) ? null : row.level
    })
  }

  /** Shares a task of this tenant's; a share that there is with the same user is replaced. */
  async add(taskId: string, recipientId: string, level: ShareLevel, expiresAt: string | null): Promise<void> {
    const values = { level, expires_at: expiresAt, created_at: this.#now().toISOString() }
    await asTenant(this.#database, this.#tenant, (transaction) =>
      transaction
        .insertInto('report_shares')
        .values({
          id: randomUUID(),
          task_id: taskId,
          owner_id: this.#tenant.userId,
          recipient_id: recipientId,
          ...values,
        })
        .onConflict((conflict) => conflict.columns(['task_id', 'recipient_id']).doUpdateSet(values))
        .execute(),
    )
  }

  /** Those of one task, for whoever may see it whole. */
  ofTask(taskId: string): Promise<Share[]> {
    return this.#list({ taskId })
  }

  /** Those that this tenant got and that hold still. */
  async received(): Promise<(Share & { filename: string })[]> {
    const at = this.#now().toISOString()
    const shares = (await this.#list({ recipientId: this.#tenant.userId })).filter(
      ({ expires_at }) => expires_at === null || expires_at > at,
    )
    return shares
  }

  async remove(taskId: string, id: string): Promise<boolean> {
    return asTenant(this.#database, this.#tenant, async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('report_shares')
        .where('id', '=', id)
        .where('task_id', '=', taskId)
        .executeTakeFirst()
      return numDeletedRows > 0n
    })
  }

  async #list(of: { taskId: string } | { recipientId: string }): Promise<(Share & { filename: string })[]> {
    // names of both sides and of the capture are theirs to see; the rows were bound to the tenant by its own id
    const tenant: Tenant = { userId: this.#tenant.userId, role: 'admin' }
    return asTenant(this.#database, tenant, async (transaction) => {
      const rows = await transaction
        .selectFrom('report_shares')
        .innerJoin('tasks', 'tasks.task_id', 'report_shares.task_id')
        .leftJoin('users as owner', 'owner.id', 'report_shares.owner_id')
        .leftJoin('users as recipient', 'recipient.id', 'report_shares.recipient_id')
        .select([
          'report_shares.id',
          'report_shares.task_id',
          'report_shares.level',
          'report_shares.created_at',
          'report_shares.expires_at',
          'tasks.filename',
          'owner.username as owner_username',
          'recipient.username as recipient_username',
        ])
        .where(
          'taskId' in of ? 'report_shares.task_id' : 'report_shares.recipient_id',
          '=',
          'taskId' in of ? of.taskId : of.recipientId,
        )
        .where('tasks.status', '=', 'completed')
        .orderBy('report_shares.created_at', 'desc')
        .limit(200)
        .execute()
      return rows
    })
  }
}
