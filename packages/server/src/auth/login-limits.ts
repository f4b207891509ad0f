import { tooMany } from '../http/http-error.ts'
import type { Services } from '../services.ts'

const FORGET_AFTER_SECONDS = 3600
/** Seconds to wait after the fourth failure and on from one address. */
const addressDelays = (failures: number) =>
  failures < 4 ? 0 : failures === 4 ? 1 : failures === 5 ? 2 : backOff(failures, 6)
/** An account waits a little later, so that a stranger cannot easily keep its owner out. */
const accountDelays = (failures: number) => (failures < 6 ? 0 : backOff(failures, 6))

/** 5 s, doubled with every further failure, up to a minute. */
function backOff(failures: number, from: number): number {
  return Math.min(60, 5 * 2 ** Math.min(10, failures - from))
}

/** A try to log in: refuses when too many failed before, and counts this one as failed until {@link succeed}. */
export class LoginAttempt {
  readonly #services: Services
  readonly #subjects: readonly [string, string]

  constructor(services: Services, username: string, ip: string) {
    this.#services = services
    this.#subjects = [`address:${ip}`, `account:${username.toLowerCase().slice(0, 300)}`]
  }

  /** @throws {HttpError} 429 */
  async begin(): Promise<void> {
    const { throttle } = this.#services
    const [address, account] = this.#subjects
    const waits = await Promise.all([throttle.waitSeconds(address), throttle.waitSeconds(account)])
    const seconds = Math.max(...waits)
    if (seconds > 0)
      throw tooMany('too_many_logins', 'Too many failed login attempts. Please try again later.', seconds)
    await throttle.charge(address, addressDelays, FORGET_AFTER_SECONDS)
    await throttle.charge(account, accountDelays, FORGET_AFTER_SECONDS)
  }

  /** Neither failed nor done: the password was right, the second factor is still to come. */
  async suspend(): Promise<void> {
    for (const subject of this.#subjects) await this.#services.throttle.refund(subject)
  }

  async succeed(): Promise<void> {
    for (const subject of this.#subjects) await this.#services.throttle.forget(subject)
  }
}
