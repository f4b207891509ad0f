import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { Listening, type ListeningSession } from '../db/listening.ts'
import type { OpenDatabase } from '../db/open-database.ts'
import { SharedReads } from '../shared-reads.ts'
import { type Change, ChangeListeners, type Changes } from './changes.ts'

/** Triggers of the database notify of every commit on this channel (step 030 of the schema). */
const CHANNEL = 'pcap_changes'
/** How often it is proved that the session hears, and for how long after a proof was asked for it is believed. */
const PROVE_MS = 500
const BELIEVED_MS = 2000

/** What is heard of one session. */
interface Hearing {
  readonly session: ListeningSession
  readonly beat: NodeJS.Timeout
  /** Called back when the mark with this number is heard. */
  readonly awaited: Map<number, () => void>
  readonly ended: Promise<void>
  readonly end: () => void
}

/**
 * On PostgreSQL triggers tell of changes in the commit that makes them. Notifications come in the order of the commits, so whoever hears
 * a mark of its own has heard everything that was committed before it: that proves that the session is alive, and orders what is told.
 */
export class PostgresChanges implements Changes {
  readonly #database: OpenDatabase
  readonly #log: FastifyBaseLogger
  readonly #listeners = new ChangeListeners()
  readonly #marks = new SharedReads()
  readonly #name = randomUUID()
  #listening: Listening | null = null
  #hearing: Hearing | null = null
  #count = 0
  #believedUntilMs = 0

  constructor(database: OpenDatabase, log: FastifyBaseLogger) {
    this.#database = database
    this.#log = log
  }

  get isHeard(): boolean {
    return performance.now() < this.#believedUntilMs
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#listeners.add(listener)
  }

  async settled(): Promise<void> {
    const hearing = this.#hearing
    if (hearing !== null && this.isHeard) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.#believedUntilMs - performance.now())
      })
      const isHeard = await Promise.race([this.#mark(hearing), late])
      clearTimeout(timer)
      if (isHeard === true) return
    }
    // who was not heard in time may have changed anything
    this.#tell({ kind: 'everything' })
  }

  listen(): void {
    this.#listening = new Listening(this.#database, this.#log, {
      channel: CHANNEL,
      hear: (payload) => this.#hear(payload),
      begins: (session) => this.#begin(session),
      ends: () => this.#end(),
    })
  }

  async stop(): Promise<void> {
    await this.#listening?.stop()
  }

  #begin(session: ListeningSession): void {
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const prove = () => void this.#mark(hearing)
    const hearing: Hearing = { session, beat: setInterval(prove, PROVE_MS), awaited: new Map(), ended, end }
    this.#hearing = hearing
    // what began to be read before may have changed since
    this.#tell({ kind: 'everything' })
    // proofs need not be on disk
    session.query('set synchronous_commit = off').then(prove, () => undefined)
  }

  #end(): void {
    this.#believedUntilMs = 0
    if (this.#hearing !== null) {
      clearInterval(this.#hearing.beat)
      this.#hearing.end()
      this.#hearing = null
    }
    this.#tell({ kind: 'everything' })
  }

  #hear(payload: string): void {
    const [kind, subject = '', detail = ''] = payload.split(' ')
    if (kind === 'mark') {
      if (subject === this.#name) this.#hearing?.awaited.get(Number(detail))?.()
    } else this.#tell(changeOf(kind, subject, detail))
  }

  /** Those who ask while one is under way wait for the next, which is sent after what they did. True once it was heard. */
  #mark(hearing: Hearing): Promise<boolean> {
    return this.#marks.read('mark', async () => {
      const number = this.#count++
      const sentMs = performance.now()
      const heard = new Promise<true>((resolve) => {
        hearing.awaited.set(number, () => resolve(true))
      })
      const sent = hearing.session.query(`notify ${CHANNEL}, 'mark ${this.#name} ${number}'`)
      sent.catch(() => undefined) // the session ended, which is told of below
      const isHeard = (await Promise.race([heard, hearing.ended])) === true
      hearing.awaited.delete(number)
      if (isHeard && hearing === this.#hearing) this.#believedUntilMs = sentMs + BELIEVED_MS
      return isHeard
    })
  }

  #tell(change: Change): void {
    this.#listeners.emit('change', change)
  }
}

function changeOf(kind: string | undefined, subject: string, detail: string): Change {
  const id = subject === '-' ? null : subject
  if (kind === 'task') return { kind, ownerId: id, taskId: detail === '' ? null : detail }
  if ((kind === 'access' || kind === 'name') && id !== null) return { kind, userId: id }
  return { kind: 'everything' }
}
