import type { Account } from '../http/account.ts'

/** How long an account is believed to be what it was; what this process changes itself, it knows at once. */
const KEPT_MS = 1000
const MOST = 10_000

interface Kept {
  readonly account: Account
  readonly untilMs: number
}

/**
 * Accounts by what proves them, so that not every request asks the database who it is from. Emptied before any answer to a request that may
 * have changed an account, here and, through {@link TaskSignals}, in other processes.
 */
export class AccountCache {
  readonly #now: () => Date
  readonly #kept = new Map<string, Kept>()
  /** Counts how often it was emptied: what was read before is not kept after. */
  #generation = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  clear(): void {
    this.#generation++
    this.#kept.clear()
  }

  /** The account kept for a proof, or the one that is read. What `read` throws is not kept. */
  async get(proof: string, read: () => Promise<Account>): Promise<Account> {
    const nowMs = this.#now().getTime()
    const kept = this.#kept.get(proof)
    if (kept !== undefined && nowMs < kept.untilMs && nowMs > kept.untilMs - 2 * KEPT_MS) return kept.account
    const generation = this.#generation
    const account = await read()
    if (generation === this.#generation) {
      if (this.#kept.size >= MOST) this.#kept.clear()
      this.#kept.set(proof, { account, untilMs: nowMs + KEPT_MS })
    }
    return account
  }
}
