import { sql } from 'kysely'
import type { OpenDatabase } from '../db/open-database.ts'

/** One try of a subject within its window. */
export interface Counted {
  readonly count: number
  readonly windowEndsInSeconds: number
}

/** How long a subject waits after so many failures in a row, in seconds. */
export type Delays = (failures: number) => number

/** Counts tries in the database, so that all instances count together. */
export class Throttle {
  readonly #database: OpenDatabase
  readonly #now: () => Date

  constructor(database: OpenDatabase, now: () => Date) {
    this.#database = database
    this.#now = now
  }

  /** Counts one try in a fixed window. */
  async count(subject: string, windowSeconds: number): Promise<Counted> {
    const now = this.#now()
    const ends = new Date(now.getTime() + windowSeconds * 1000).toISOString()
    const at = now.toISOString()
    const row = await this.#database.query
      .insertInto('login_attempts')
      .values({ subject, failures: 1, locked_until: ends, updated_at: at })
      .onConflict((conflict) =>
        conflict.column('subject').doUpdateSet({
          failures: sql`case when login_attempts.locked_until <= ${at} then 1 else login_attempts.failures + 1 end`,
          locked_until: sql`case when login_attempts.locked_until <= ${at} then ${ends} else login_attempts.locked_until end`,
          updated_at: at,
        }),
      )
      .returning(['failures', 'locked_until'])
      .executeTakeFirstOrThrow()
    return { count: row.failures, windowEndsInSeconds: secondsFrom(now, row.locked_until) }
  }

  /** Seconds that the subject still has to wait; 0 when it may try. */
  async waitSeconds(subject: string): Promise<number> {
    const row = await this.#database.query
      .selectFrom('login_attempts')
      .select('locked_until')
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row === undefined ? 0 : secondsFrom(this.#now(), row.locked_until)
  }

  /** Counts a failure before it is known to be one, so that tries at the same time do not slip through; {@link forget} takes it back. */
  async charge(subject: string, delays: Delays, forgetAfterSeconds: number): Promise<void> {
    const now = this.#now()
    const at = now.toISOString()
    const forgotten = new Date(now.getTime() - forgetAfterSeconds * 1000).toISOString()
    const { failures } = await this.#database.query
      .insertInto('login_attempts')
      .values({ subject, failures: 1, locked_until: null, updated_at: at })
      .onConflict((conflict) =>
        conflict.column('subject').doUpdateSet({
          failures: sql`case when login_attempts.updated_at < ${forgotten} then 1 else login_attempts.failures + 1 end`,
          updated_at: at,
        }),
      )
      .returning('failures')
      .executeTakeFirstOrThrow()
    const seconds = delays(failures)
    if (seconds === 0) return
    await this.#database.query
      .updateTable('login_attempts')
      .set({ locked_until: new Date(now.getTime() + seconds * 1000).toISOString() })
      .where('subject', '=', subject)
      .execute()
  }

  /** Takes one failure back, and the wait that it brought. */
  async refund(subject: string): Promise<void> {
    await this.#database.query
      .updateTable('login_attempts')
      .set({ failures: sql`login_attempts.failures - 1`, locked_until: null })
      .where('subject', '=', subject)
      .where('failures', '>', 0)
      .execute()
  }

  async forget(subject: string): Promise<void> {
    await this.#database.query.deleteFrom('login_attempts').where('subject', '=', subject).execute()
  }

  /** Removes what no longer counts. */
  async sweep(olderThanSeconds: number): Promise<void> {
    const before = new Date(this.#now().getTime() - olderThanSeconds * 1000).toISOString()
    await this.#database.query.deleteFrom('login_attempts').where('updated_at', '<', before).execute()
  }
}

function secondsFrom(now: Date, until: string | null): number {
  return until === null ? 0 : Math.max(0, (new Date(until).getTime() - now.getTime()) / 1000)
}
