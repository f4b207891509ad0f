/** Thrown by {@link Turns.run} when too many wait already. */
export class TooManyWaiting extends Error {
  constructor() {
    super('too many wait already')
    this.name = 'TooManyWaiting'
  }
}

/** Lets only so much be done at once; the rest waits in the order it came. */
export class Turns {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(most: number, mostWaiting: number = Number.POSITIVE_INFINITY) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** @throws {TooManyWaiting} and what `work` throws */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#most) this.#running++
    else if (this.#waiting.length >= this.#mostWaiting) throw new TooManyWaiting()
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
