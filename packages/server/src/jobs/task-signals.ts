import { EventEmitter } from 'node:events'
import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import { Listening } from '../db/listening.ts'
import type { OpenDatabase } from '../db/open-database.ts'

const CHANNEL = 'pcap_tasks'

/** What processes tell each other: that there may be work, and that a task was cancelled. */
export type TaskSignal = { readonly kind: 'work' } | { readonly kind: 'cancel'; readonly taskId: string }

/**
 * Tells workers of tasks at once: within the process always, and to other processes through PostgreSQL (`notify`). A signal may be lost;
 * then workers find out when they look the next time.
 */
export class TaskSignals {
  readonly #database: OpenDatabase
  readonly #log: FastifyBaseLogger
  readonly #heard = new EventEmitter<{ signal: [TaskSignal] }>()
  #listening: Listening | null = null

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
    this.#listening = new Listening(this.#database, this.#log, {
      channel: CHANNEL,
      hear: (payload) => this.#heard.emit('signal', JSON.parse(payload) as TaskSignal),
      // there may be work from before
      begins: () => this.#heard.emit('signal', { kind: 'work' }),
      ends: () => undefined,
    })
  }

  async stop(): Promise<void> {
    await this.#listening?.stop()
  }
}
