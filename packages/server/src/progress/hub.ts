import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import type { Changes } from '../changes/changes.ts'
import type { OpenDatabase } from '../db/open-database.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import type { StoredSnapshot } from '../stored-rows.ts'
import { eventsOf, type ProgressEvent, withOutcome } from './events.ts'

const LOOK_MS = 500
const MOST_ROWS = 5000

type Listener = (event: ProgressEvent) => void

interface Watched {
  readonly listeners: Set<Listener>
  /** Id of the last snapshot that was told. */
  last: number
}

/** Tells any number of viewers how their tasks go, with one question to the database for all of them together. */
export class ProgressHub {
  readonly #database: OpenDatabase
  readonly #changes: Changes
  readonly #log: FastifyBaseLogger
  readonly #watched = new Map<string, Watched>()
  #timer: NodeJS.Timeout | null = null
  #reads = 0

  constructor({ database, changes, log }: { database: OpenDatabase; changes: Changes; log: FastifyBaseLogger }) {
    this.#database = database
    this.#changes = changes
    this.#log = log
  }

  /** Streams that are open. */
  get viewers(): number {
    let count = 0
    for (const { listeners } of this.#watched.values()) count += listeners.size
    return count
  }

  /** How often the database was asked. */
  get reads(): number {
    return this.#reads
  }

  /** Everything stored of a task after an id, oldest first. The caller has checked who asks. */
  async stored(taskId: string, after: number): Promise<ProgressEvent[]> {
    const rows = await this.#rows([[taskId, after]])
    const events = await this.#completed(eventsOf(rows))
    await this.#changes.settled()
    return events
  }

  /** Calls the listener with every event after an id, until the returned function is called. */
  watch(taskId: string, after: number, listener: Listener): () => void {
    const watched = this.#watched.get(taskId) ?? { listeners: new Set(), last: after }
    // viewers leave out what they were given before
    watched.last = Math.min(watched.last, after)
    watched.listeners.add(listener)
    this.#watched.set(taskId, watched)
    this.#timer ??= setTimeout(() => void this.#look(), LOOK_MS)
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size === 0) this.#watched.delete(taskId)
    }
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#watched.clear()
    this.#timer = null
  }

  async #look(): Promise<void> {
    try {
      await this.#tell()
    } catch (error) {
      this.#log.warn({ err: error }, 'progress could not be read')
    }
    this.#timer = this.#watched.size === 0 ? null : setTimeout(() => void this.#look(), LOOK_MS)
  }

  async #tell(): Promise<void> {
    if (this.#watched.size === 0) return
    const fresh = await this.#rows([...this.#watched].map(([taskId, { last }]) => [taskId, last]))
    if (fresh.length === 0) return
    const events = await this.#completed(eventsOf(fresh))
    // whoever is told of a state is not shown an older one after it
    await this.#changes.settled()
    for (const event of events) {
      const watched = this.#watched.get(event.taskId)
      if (watched === undefined) continue
      watched.last = event.id
      for (const listener of watched.listeners) listener(event)
    }
  }

  /** What is new of each task since the snapshot that was told last. Those of one task come one behind the other; ids of several may not. */
  async #rows(watched: readonly (readonly [taskId: string, after: number])[]): Promise<StoredSnapshot[]> {
    this.#reads++
    const pairs = sql.join(watched.map(([taskId, after]) => sql`(${taskId}, ${sql.lit(after)})`))
    const id = this.#database.dialect === 'postgres' ? sql`cast(watched.task_id as uuid)` : sql`watched.task_id`
    const { rows } = await asTenant(this.#database, SERVICE, (transaction) =>
      sql<StoredSnapshot>`
        with watched (task_id, last) as (values ${pairs})
        select s.* from watched join progress_snapshots s on s.task_id = ${id} and s.id > watched.last
        order by s.id limit ${sql.lit(MOST_ROWS)}`.execute(transaction),
    )
    return rows
  }

  async #completed(events: readonly ProgressEvent[]): Promise<ProgressEvent[]> {
    const ended = events.filter(({ isLast }) => isLast).map(({ taskId }) => taskId)
    if (ended.length === 0) return [...events]
    const tasks = await asTenant(this.#database, SERVICE, (transaction) =>
      transaction.selectFrom('tasks').selectAll().where('task_id', 'in', ended).execute(),
    )
    const byId = new Map(tasks.map((task) => [task.task_id, task]))
    return events.map((event) => {
      const task = event.isLast ? byId.get(event.taskId) : undefined
      return task === undefined ? event : withOutcome(event, task)
    })
  }
}
