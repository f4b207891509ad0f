import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import { asTenant, SERVICE } from '../db/tenant.ts'
import type { Services } from '../services.ts'

const KEPT_MS = 1000
const BUDGET_MS = 2000

/** What the health routes tell. */
export interface HealthState {
  readonly isConnected: boolean
  readonly latencyMs: number
}

/** Asks the database at most once a second, however often it is asked itself. */
export class Health {
  readonly #services: Services
  readonly #startedMs = performance.now()
  #asked: { atMs: number; answer: Promise<HealthState> } | null = null

  constructor(services: Services) {
    this.#services = services
  }

  get uptimeSeconds(): number {
    return Math.round((performance.now() - this.#startedMs) / 1000)
  }

  database(): Promise<HealthState> {
    const atMs = performance.now()
    if (this.#asked === null || atMs - this.#asked.atMs > KEPT_MS) this.#asked = { atMs, answer: this.#ask() }
    return this.#asked.answer
  }

  async taskCounts(): Promise<Record<string, number>> {
    const rows = await asTenant(this.#services.database, SERVICE, (transaction) =>
      transaction
        .selectFrom('tasks')
        .select(['status', ({ fn }) => fn.countAll<number>().as('total')])
        .groupBy('status')
        .execute(),
    )
    return Object.fromEntries(rows.map(({ status, total }) => [status, total]))
  }

  async diskFreeGb(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#services.config.values.DATA_DIR ?? '.').catch(() => ({
      bavail: 0,
      bsize: 0,
    }))
    return Math.round((bavail * bsize) / 1e7) / 100
  }

  async #ask(): Promise<HealthState> {
    const startMs = performance.now()
    const latencyMs = () => Math.round(performance.now() - startMs)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), BUDGET_MS)
    })
    try {
      await Promise.race([sql`select 1`.execute(this.#services.database.query), late])
      return { isConnected: true, latencyMs: latencyMs() }
    } catch (error) {
      this.#services.log.warn({ err: error }, 'the database does not answer')
      return { isConnected: false, latencyMs: latencyMs() }
    } finally {
      clearTimeout(timer)
    }
  }
}
