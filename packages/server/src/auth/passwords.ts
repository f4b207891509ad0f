import { createHash } from 'node:crypto'
import bcrypt from 'bcrypt'
import { Turns } from '../turns.ts'

export const DEFAULT_COST = 12
/** bcrypt looks at no byte behind these. */
const MOST_BYTES = 72
/** Marks hashes of passwords that were too long for bcrypt and were hashed before. */
const PREHASHED = 'sha256:'
/** Hashing takes a thread of the pool for a quarter of a second; files need threads too. */
const MOST_AT_ONCE = 2

/** Hashes and checks passwords off the event loop, few at a time. */
export class Passwords {
  readonly #cost: number
  readonly #turns = new Turns(MOST_AT_ONCE)
  /** Hash of nothing anybody has, so that an unknown user takes as long as a known one. */
  readonly #nobody: Promise<string>

  constructor(cost: number = DEFAULT_COST) {
    this.#cost = cost
    this.#nobody = bcrypt.hash(createHash('sha256').update(String(process.hrtime.bigint())).digest('hex'), cost)
  }

  async hash(password: string): Promise<string> {
    const isLong = Buffer.byteLength(password) > MOST_BYTES
    const hashed = await this.#turns.run(() => bcrypt.hash(isLong ? shortened(password) : password, this.#cost))
    return isLong ? PREHASHED + hashed : hashed
  }

  /** `stored` null stands for a user that does not exist: false, after the same time. */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const hash = stored ?? (await this.#nobody)
    const isShortened = hash.startsWith(PREHASHED)
    const given = isShortened ? shortened(password) : password
    const isRight = await this.#turns.run(() => bcrypt.compare(given, hash.slice(isShortened ? PREHASHED.length : 0)))
    return isRight && stored !== null
  }
}

function shortened(password: string): string {
  return createHash('sha256').update(password).digest('base64')
}
