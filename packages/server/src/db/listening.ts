import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { DatabasePool } from '@pcap-analyzer/dbops'
import type { FastifyBaseLogger } from 'fastify'
import type { OpenDatabase } from './open-database.ts'

const AGAIN_MS = 1000

/** The session that listens, for whoever wants to say something in it. */
export type ListeningSession = Awaited<ReturnType<DatabasePool['connect']>>

export interface Listener {
  readonly channel: string
  readonly hear: (payload: string) => void
  /** From now on everything that is committed is heard; what was before was not. */
  readonly begins: (session: ListeningSession) => void
  /** Nothing is heard until it begins anew. */
  readonly ends: () => void
}

/** Hears a channel of PostgreSQL by a session of its own, and again by another when that is lost. On SQLite it does nothing. */
export class Listening {
  readonly #log: FastifyBaseLogger
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(database: OpenDatabase, log: FastifyBaseLogger, listener: Listener) {
    this.#log = log
    const pool = database.newPool?.(1) ?? null
    this.#running = pool === null ? Promise.resolve() : this.#run(pool, listener).finally(() => pool.end())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(pool: DatabasePool, listener: Listener): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#hear(pool, listener, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#log.warn({ err: error, channel: listener.channel }, 'other processes are not heard for the moment')
        await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Ends when the session does. */
  async #hear(pool: DatabasePool, { channel, hear, begins, ends }: Listener, signal: AbortSignal): Promise<never> {
    const session = await pool.connect()
    try {
      session.on('notification', ({ payload = '' }) => hear(payload))
      await session.query(`listen ${channel}`)
      begins(session)
      await once(session, 'end', { signal })
      throw new Error('the session ended')
    } finally {
      ends()
      session.removeAllListeners('notification')
      session.release(true)
    }
  }
}
