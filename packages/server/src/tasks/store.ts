import { randomUUID } from 'node:crypto'
import { type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import type { OpenDatabase } from '../db/open-database.ts'
import type { Database, TaskStatus } from '../db/schema.ts'
import { asTenant, type Tenant } from '../db/tenant.ts'
import { addSnapshot } from '../progress/snapshots.ts'
import type { StoredTask } from '../stored-rows.ts'
import { forgetContent } from './forget-content.ts'

export interface NewTask {
  readonly taskId: string
  readonly filename: string
  readonly fileSizeBytes: number
  readonly sha256: string
  readonly captureKey: string
}

/** Bounds of a user, and what of them is used; null in its row means those of the configuration. */
export interface Quota {
  readonly bytes: number
  readonly tasks: number
  readonly waiting: number
}

export type QuotaRefusal = 'queue-full' | 'too-many-tasks' | 'too-many-bytes'

/** What a list of tasks is asked for. */
export interface TaskQuery {
  readonly limit: number
  readonly offset: number
  readonly status?: TaskStatus
  readonly search?: string
  readonly sort: 'uploaded_at' | 'filename' | 'file_size_bytes' | 'health_score'
  readonly order: 'asc' | 'desc'
  readonly ownerId?: string
  readonly isCounted: boolean
}

export type ListedTask = StoredTask & { owner_username: string | null }

/** Tasks of a tenant: its own, or for administrators all. Whatever is not theirs does not exist. */
export class TaskStore {
  readonly #database: OpenDatabase
  readonly #tenant: Tenant
  readonly #now: () => Date

  constructor(database: OpenDatabase, tenant: Tenant, now: () => Date) {
    this.#database = database
    this.#tenant = tenant
    this.#now = now
  }

  /** Adds a waiting task, unless a quota forbids it, both in one transaction; `known` when there is a task with this id. */
  async add(task: NewTask, quota: Quota): Promise<StoredTask | QuotaRefusal | 'known'> {
    const at = this.#now().toISOString()
    return this.#run(async (transaction) => {
      if (this.#database.dialect === 'postgres') {
        // of two uploads of one user at once, the second counts the first
        await sql`select pg_advisory_xact_lock(hashtext(${this.#tenant.userId}))`.execute(transaction)
      }
      const refusal = refusalOf(await this.#usage(transaction), quota, task.fileSizeBytes)
      if (refusal !== null) return refusal
      const row = await transaction
        .insertInto('tasks')
        .values({
          task_id: task.taskId,
          filename: task.filename,
          status: 'pending',
          uploaded_at: at,
          created_at: at,
          file_size_bytes: task.fileSizeBytes,
          file_sha256: task.sha256,
          capture_key: task.captureKey,
          owner_id: this.#tenant.userId,
          current_phase: 'queued',
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return 'known'
      await addSnapshot(transaction, task.taskId, queued, this.#now())
      return row
    })
  }

  async find(taskId: string): Promise<ListedTask | null> {
    return (await this.findAll([taskId])).get(taskId) ?? null
  }

  /** Those of the ids that there are, by id. */
  async findAll(taskIds: readonly string[]): Promise<ReadonlyMap<string, ListedTask>> {
    return this.#run(async (transaction) => {
      const rows = await this.#visible(transaction).where('tasks.task_id', 'in', taskIds).execute()
      return new Map((rows as ListedTask[]).map((row) => [row.task_id, row]))
    })
  }

  /** The newest finished task of this tenant's own with the same bytes. */
  async findSame(sha256: string): Promise<StoredTask | null> {
    return this.#run(async (transaction) => {
      const row = await transaction
        .selectFrom('tasks')
        .selectAll()
        .where('owner_id', '=', this.#tenant.userId)
        .where('file_sha256', '=', sha256)
        .where('status', '=', 'completed')
        .orderBy('uploaded_at', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row ?? null
    })
  }

  async list(query: TaskQuery): Promise<{ tasks: ListedTask[]; total: number | null }> {
    return this.#run(async (transaction) => {
      const found = this.#filtered(this.#visible(transaction), query)
      const tasks = await found
        .orderBy(`tasks.${query.sort}`, query.order)
        .orderBy('tasks.task_id')
        .limit(query.limit)
        .offset(query.offset)
        .execute()
      if (!query.isCounted) return { tasks: tasks as ListedTask[], total: null }
      const { total } = await this.#filtered(this.#visible(transaction), query)
        .clearSelect()
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return { tasks: tasks as ListedTask[], total }
    })
  }

  /** How many tasks there are in each state. */
  async counts(): Promise<Partial<Record<TaskStatus, number>>> {
    return this.#run(async (transaction) => {
      let counted = transaction
        .selectFrom('tasks')
        .select(['status', ({ fn }) => fn.countAll<number>().as('total')])
        .groupBy('status')
      if (this.#tenant.role !== 'admin') counted = counted.where('owner_id', '=', this.#tenant.userId)
      return Object.fromEntries((await counted.execute()).map(({ status, total }) => [status, total]))
    })
  }

  /** Changes a row of this tenant; null when there is none, or none in these states. */
  async change(
    taskId: string,
    changes: Partial<Omit<StoredTask, 'task_id' | 'owner_id'>>,
    states: readonly TaskStatus[] | null = null,
  ): Promise<StoredTask | null> {
    return this.#run(async (transaction) => {
      let update = transaction
        .updateTable('tasks')
        .set(changes as object)
        .where('task_id', '=', taskId)
      if (this.#tenant.role !== 'admin') update = update.where('owner_id', '=', this.#tenant.userId)
      if (states !== null) update = update.where('status', 'in', states)
      const row = await update.returningAll().executeTakeFirst()
      if (row !== undefined && changes.status === 'expired') await forgetContent(transaction, taskId)
      if (row !== undefined && changes.status === 'pending') await addSnapshot(transaction, taskId, queued, this.#now())
      if (row !== undefined && changes.status === 'cancelled') {
        await addSnapshot(transaction, taskId, cancelled, this.#now())
      }
      return row ?? null
    })
  }

  /** Bytes and tasks that count against the quota of this tenant's user. */
  async usage(): Promise<Quota> {
    return this.#run((transaction) => this.#usage(transaction))
  }

  async #usage(transaction: Transaction<Database>): Promise<Quota> {
    const row = await transaction
      .selectFrom('tasks')
      .select(({ fn }) => [
        sql<number>`coalesce(sum(case when capture_key is not null then file_size_bytes else 0 end), 0)`.as('bytes'),
        fn.countAll<number>().as('total'),
        sql<number>`coalesce(sum(case when status = 'pending' then 1 else 0 end), 0)`.as('waiting'),
      ])
      .where('owner_id', '=', this.#tenant.userId)
      .where('status', '!=', 'expired')
      .executeTakeFirstOrThrow()
    return { bytes: Number(row.bytes), tasks: Number(row.total), waiting: Number(row.waiting) }
  }

  #visible(transaction: Transaction<Database>) {
    const all = transaction
      .selectFrom('tasks')
      .leftJoin('users', 'users.id', 'tasks.owner_id')
      .selectAll('tasks')
      .select('users.username as owner_username')
    return this.#tenant.role === 'admin' ? all : all.where('tasks.owner_id', '=', this.#tenant.userId)
  }

  #filtered<Row>(
    found: SelectQueryBuilder<Database & { users: Database['users'] | null }, 'tasks' | 'users', Row>,
    { status, search, ownerId }: TaskQuery,
  ) {
    let filtered = found as unknown as SelectQueryBuilder<Database, 'tasks' | 'users', Row>
    if (status !== undefined) filtered = filtered.where('tasks.status', '=', status)
    if (ownerId !== undefined) filtered = filtered.where('tasks.owner_id', '=', ownerId)
    if (search !== undefined && search !== '') {
      filtered = filtered.where(sql<boolean>`lower(tasks.filename) like ${likePattern(search)} escape '!'`)
    }
    return filtered
  }

  #run<Result>(work: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result> {
    return asTenant(this.#database, this.#tenant, work)
  }
}

/** What a quota says to so many bytes more. */
export function refusalOf(used: Quota, quota: Quota, bytes: number): QuotaRefusal | null {
  if (used.waiting >= quota.waiting) return 'queue-full'
  if (used.tasks >= quota.tasks) return 'too-many-tasks'
  return used.bytes + bytes > quota.bytes ? 'too-many-bytes' : null
}

export function newTaskId(): string {
  return randomUUID()
}

/** A pattern that finds the text itself, whatever is in it. */
export function likePattern(text: string): string {
  return `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`
}

const queued = {
  phase: 'queued',
  progressPercent: 0,
  packetsProcessed: null,
  totalPackets: null,
  currentAnalyzer: null,
  message: null,
}
const cancelled = { ...queued, phase: 'cancelled', message: 'Analysis cancelled' }
