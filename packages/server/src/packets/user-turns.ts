import { Turns } from '../turns.ts'

/** Lets each user do only so much at once, so that whoever has many windows open leaves room for others; the rest waits in the order it came. */
export class UserTurns {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #users = new Map<string, { readonly turns: Turns; asked: number }>()

  constructor(most: number, mostWaiting: number) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** @throws {TooManyWaiting} and what `work` throws */
  async run<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    const user = this.#users.get(userId) ?? { turns: new Turns(this.#most, this.#mostWaiting), asked: 0 }
    this.#users.set(userId, user)
    user.asked++
    try {
      return await user.turns.run(work)
    } finally {
      user.asked--
      if (user.asked === 0) this.#users.delete(userId)
    }
  }
}
