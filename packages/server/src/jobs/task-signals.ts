import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { DatabasePool } from '@pcap-analyzer/dbops'
import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import type { OpenDatabase } from '../db/open-database.ts'

const CHANNEL = 'pcap_tasks'
const AGAIN_MS = 1000

/** What processes tell each other: that there may be work, that a task was cancelled, that accounts may have changed. */
export type TaskSignal =
  | { readonly kind: 'work' }
  | { readonly kind: 'cancel'; readonly taskId: string }
  | { readonly kind: 'accounts' }

/**
 * Tells workers of tasks at once: within the process always, and to other processes through PostgreSQL (`notify`). A signal may be lost;
 * then workers find out when they look the next time.
 */
export class TaskSignals {
  readonly #database: OpenDatabase
  readonly #log: FastifyBaseLogger
  readonly #heard = new EventEmitter<{ signal: [TaskSignal] }>()
  readonly #stopping = new AbortController()
  #listening: Promise<void> = Promise.resolve()

  constructor(database: OpenDatabase, log: FastifyBaseLogger) {
    this.#database = database
    this.#log = log
    this.#heard.setMaxListeners(0)
  }

  send(signal: TaskSignal): void {
    this.#heard.emit('signal', signal)
    if (this.#database.dialect === 'sqlite') return
    sql`select pg_notify(${CHANNEL}, ${JSON.stringify(signal)})`
      .execute(this.#database.query)
      .catch((error) => this.#log.warn({ err: error }, 'workers elsewhere could not be told'))
  }

  /** Calls back with every signal until the returned function is called. */
  onSignal(listener: (signal: TaskSignal) => void): () => void {
    this.#heard.on('signal', listener)
    return () => this.#heard.off('signal', listener)
  }

  /** From now on also hears other processes, by a session of its own. */
  listen(): void {
    const pool = this.#database.newPool?.(1) ?? null
    if (pool !== null) this.#listening = this.#listen(pool).finally(() => pool.end())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#listening
  }

  async #listen(pool: DatabasePool): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#hear(pool, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#log.warn({ err: error }, 'signals of other processes are not heard for the moment')
        await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Ends when the session does. */
  async #hear(pool: DatabasePool, signal: AbortSignal): Promise<never> {
    const session = await pool.connect()
    try {
      session.on('notification', ({ payload = '' }) => this.#heard.emit('signal', JSON.parse(payload) as TaskSignal))
      await session.query(`listen ${CHANNEL}`)
      // what was sent before
      for (const kind of ['work', 'accounts'] as const) this.#heard.emit('signal', { kind })
      await once(session, 'end', { signal })
      throw new Error('the session ended')
    } finally {
      session.removeAllListeners('notification')
      session.release(true)
    }
  }
}
