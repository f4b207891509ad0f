import type { Changes } from '../changes/changes.ts'
import type { Account } from '../http/account.ts'

const MOST = 10_000

/** An account and how long at most its proof holds, whatever changes. */
export interface ProvedAccount {
  readonly account: Account
  readonly untilMs: number
}

/**
 * Accounts by what proves them, so that not every request asks the database who it is from. One is kept until its proof expires, or until
 * anything changes that it depends on: the user, a session or a key, in whatever process.
 */
export class AccountCache {
  readonly #changes: Changes
  readonly #now: () => Date
  readonly #kept = new Map<string, ProvedAccount>()
  readonly #proofs = new Map<string, Set<string>>()
  /** Counts what was told: what was read before is not kept after. */
  #generation = 0

  constructor(changes: Changes, now: () => Date) {
    this.#changes = changes
    this.#now = now
    changes.onChange((change) => {
      if (change.kind === 'everything') this.#forgetAll()
      else if (change.kind === 'access') this.#forget(change.userId)
    })
  }

  /** The account kept for a proof; null when it has to be read. */
  find(proof: string): Account | null {
    if (!this.#changes.isHeard) return null
    const kept = this.#kept.get(proof)
    return kept !== undefined && this.#now().getTime() < kept.untilMs ? kept.account : null
  }

  /** The account that is read for a proof, and kept. What `read` throws is not kept. */
  async read(proof: string, read: () => Promise<ProvedAccount>): Promise<Account> {
    const generation = this.#generation
    const proved = await read()
    // asked first: it may tell of a change
    const { isHeard } = this.#changes
    if (isHeard && generation === this.#generation) this.#keep(proof, proved)
    return proved.account
  }

  #keep(proof: string, proved: ProvedAccount): void {
    if (this.#kept.size >= MOST) this.#forgetAll()
    this.#kept.set(proof, proved)
    const { id } = proved.account
    const proofs = this.#proofs.get(id) ?? new Set()
    this.#proofs.set(id, proofs.add(proof))
  }

  #forget(userId: string): void {
    this.#generation++
    for (const proof of this.#proofs.get(userId) ?? []) this.#kept.delete(proof)
    this.#proofs.delete(userId)
  }

  #forgetAll(): void {
    this.#generation++
    this.#kept.clear()
    this.#proofs.clear()
  }
}
