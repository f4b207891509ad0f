import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { type Kysely, sql } from 'kysely'
import type { OpenDatabase } from '../db/open-database.ts'
import type { Database } from '../db/schema.ts'
import type { StoredAuditEvent } from '../stored-rows.ts'

/** What happened; who and from where comes from the request. */
export interface AuditNote {
  /** `auth.success`, `admin.user.approved` … */
  readonly event: string
  readonly outcome?: 'SUCCESS' | 'FAILURE' | 'BLOCKED'
  readonly severity?: 'INFO' | 'NOTICE' | 'WARNING'
  readonly message: string
  /** Id of the user, task … it was done to. */
  readonly subject?: string
  readonly details?: Readonly<Record<string, unknown>>
  /** Where nobody is logged in yet. */
  readonly actor?: { readonly id: string | null; readonly name: string }
}

const FIRST_HASH = '0'.repeat(64)
/** Key of the lock under which the chain grows on PostgreSQL. */
const CHAIN_LOCK = 7_063_411
const MOST_NAME = 64

type NewEvent = Omit<StoredAuditEvent, 'sequence'>

/** The audit trail: rows chained by hashes, and the same as JSON lines in a file. */
export class AuditTrail {
  readonly #database: OpenDatabase
  readonly #log: FastifyBaseLogger
  readonly #path: string | null
  readonly #now: () => Date
  /** Lines are written one behind the other. */
  #last: Promise<void> = Promise.resolve()

  constructor(options: { database: OpenDatabase; log: FastifyBaseLogger; path: string | null; now: () => Date }) {
    this.#database = options.database
    this.#log = options.log
    this.#path = options.path
    this.#now = options.now
    if (options.path !== null) mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
  }

  /** Adds a line; settles when it is stored. A trail that cannot be written is an error of the caller's request. */
  async write(request: FastifyRequest | null, note: AuditNote): Promise<void> {
    const event = this.#eventOf(request, note)
    const written = this.#last.then(() => this.#append(event))
    this.#last = written.catch(() => undefined)
    await written
  }

  /** As {@link write}, for what is refused anyway: a failure is logged. */
  note(request: FastifyRequest | null, note: AuditNote): void {
    this.write(request, note).catch((error) => this.#log.error({ err: error }, 'the audit trail could not be written'))
  }

  /** Waits for lines under way. */
  async settle(): Promise<void> {
    await this.#last
  }

  #eventOf(request: FastifyRequest | null, note: AuditNote): Omit<NewEvent, 'hash' | 'previous_hash'> {
    const account = request?.account ?? null
    return {
      id: randomUUID(),
      timestamp: this.#now().toISOString(),
      event_type: note.event,
      severity: note.severity ?? (note.outcome === undefined || note.outcome === 'SUCCESS' ? 'NOTICE' : 'WARNING'),
      outcome: note.outcome ?? 'SUCCESS',
      actor_id: account?.id ?? note.actor?.id ?? null,
      actor_name: (account?.username ?? note.actor?.name)?.slice(0, MOST_NAME) ?? null,
      subject_id: note.subject ?? null,
      source_ip: request?.ip ?? null,
      request_id: request?.id ?? null,
      message: note.message,
      details: JSON.stringify(note.details ?? {}),
    }
  }

  async #append(event: Omit<NewEvent, 'hash' | 'previous_hash'>): Promise<void> {
    const line = await this.#database.query.transaction().execute(async (transaction) => {
      if (this.#database.dialect === 'postgres') {
        await sql`select pg_advisory_xact_lock(${sql.lit(CHAIN_LOCK)})`.execute(transaction)
      }
      const last = await transaction
        .selectFrom('audit_events')
        .select('hash')
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst()
      const previous = last?.hash ?? FIRST_HASH
      const chained = { ...event, previous_hash: previous, hash: hashOfEvent(event, previous) }
      await transaction.insertInto('audit_events').values(chained).execute()
      return chained
    })
    this.#log.warn({ audit: line }, `🔐 AUDIT: ${line.message}`)
    if (this.#path !== null) appendFileSync(this.#path, `${jsonLine(line)}\n`, { mode: 0o600 })
  }
}

/** The first line that does not follow from the one before; null when the chain is whole. */
export async function findBrokenLine({ query }: Pick<OpenDatabase, 'query'>): Promise<number | null> {
  let previous: string | null = null
  let after = 0
  for (;;) {
    const rows = await pageOf(query, after)
    for (const row of rows) {
      const isLinked = previous === null || row.previous_hash === previous
      if (!isLinked || row.hash !== hashOfEvent(row, row.previous_hash)) return row.sequence
      previous = row.hash
      after = row.sequence
    }
    if (rows.length === 0) return null
  }
}

function pageOf(query: Kysely<Database>, after: number): Promise<StoredAuditEvent[]> {
  return query
    .selectFrom('audit_events')
    .selectAll()
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(1000)
    .execute()
}

const hashedFields = [
  'id',
  'timestamp',
  'event_type',
  'severity',
  'outcome',
  'actor_id',
  'actor_name',
  'subject_id',
  'source_ip',
  'request_id',
  'message',
  'details',
] as const

function hashOfEvent(event: Omit<NewEvent, 'hash' | 'previous_hash'>, previous: string): string {
  const fields = hashedFields.map((field) => event[field])
  return createHash('sha256')
    .update(JSON.stringify([previous, ...fields]))
    .digest('hex')
}

/** One object a line, with the names that collectors of events expect. */
function jsonLine({ details, ...event }: NewEvent): string {
  return JSON.stringify({
    ...event,
    level: event.severity,
    component: 'pcap-analyzer',
    process_id: process.pid,
    record_id: event.id,
    details: JSON.parse(details),
  })
}
