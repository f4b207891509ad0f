import type { OpenDatabase } from '../db/open-database.ts'
import { asTenant, type Tenant } from '../db/tenant.ts'

/** What people wrote beside a finding. */
export interface Note {
  readonly finding_key: string
  readonly note: string
  readonly tags: string[]
  readonly author: string | null
  readonly updated_at: string
}

/** Notes on the findings of tasks that a tenant may see. */
export class NoteStore {
  readonly #database: OpenDatabase
  readonly #tenant: Tenant

  constructor(database: OpenDatabase, tenant: Tenant) {
    this.#database = database
    this.#tenant = tenant
  }

  async ofTask(taskId: string): Promise<Note[]> {
    return asTenant(this.#database, this.#tenant, async (transaction) => {
      const rows = await transaction
        .selectFrom('finding_notes')
        .leftJoin('users', 'users.id', 'finding_notes.author_id')
        .select(['finding_key', 'note', 'tags', 'updated_at', 'users.username as author'])
        .where('task_id', '=', taskId)
        .orderBy('finding_key')
        .execute()
      return rows.map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[] }))
    })
  }

  /** Replaces the note on a finding; one without a word and a tag is taken away. */
  async write(taskId: string, findingKey: string, note: string, tags: readonly string[], now: Date): Promise<void> {
    const values = {
      note,
      tags: JSON.stringify(tags),
      author_id: this.#tenant.userId,
      updated_at: now.toISOString(),
    }
    await asTenant(this.#database, this.#tenant, async (transaction) => {
      if (note === '' && tags.length === 0) {
        await transaction
          .deleteFrom('finding_notes')
          .where('task_id', '=', taskId)
          .where('finding_key', '=', findingKey)
          .execute()
        return
      }
      await transaction
        .insertInto('finding_notes')
        .values({ task_id: taskId, finding_key: findingKey, ...values })
        .onConflict((conflict) => conflict.columns(['task_id', 'finding_key']).doUpdateSet(values))
        .execute()
    })
  }
}
