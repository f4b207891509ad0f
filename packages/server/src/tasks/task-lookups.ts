import type { OpenDatabase } from '../db/open-database.ts'
import type { Tenant } from '../db/tenant.ts'
import { SharedReads } from '../shared-reads.ts'
import { type ListedTask, TaskStore } from './store.ts'

/** Finds tasks for many who ask at the same time: those of one tenant in one transaction, each read after it was asked for. */
export class TaskLookups {
  readonly #database: OpenDatabase
  readonly #now: () => Date
  readonly #reads = new SharedReads()
  /** Ids that the next transaction of a tenant reads. */
  readonly #asked = new Map<string, Set<string>>()

  constructor(database: OpenDatabase, now: () => Date) {
    this.#database = database
    this.#now = now
  }

  /** Null for what is not the tenant's. */
  async find(tenant: Tenant, taskId: string): Promise<ListedTask | null> {
    const key = `${tenant.userId} ${tenant.role}`
    const asked = this.#asked.get(key) ?? new Set()
    this.#asked.set(key, asked.add(taskId))
    const found = await this.#reads.read(key, () => {
      const ids = [...(this.#asked.get(key) ?? [])]
      this.#asked.delete(key)
      return new TaskStore(this.#database, tenant, this.#now).findAll(ids)
    })
    return found.get(taskId) ?? null
  }
}
