interface Reading {
  readonly current: Promise<unknown>
  /** For all who came while the current one was under way. */
  next: Promise<unknown> | null
}

/**
 * Lets those who ask the same at the same time share an answer. Nobody gets one that began to be read before they asked: who comes while
 * a reading is under way waits for the next.
 */
export class SharedReads {
  readonly #underWay = new Map<string, Reading>()

  async read<Result>(key: string, read: () => Promise<Result>): Promise<Result> {
    const reading = this.#underWay.get(key)
    if (reading === undefined) return this.#begin(key, read)
    reading.next ??= reading.current.then(
      () => this.#begin(key, read),
      () => this.#begin(key, read),
    )
    return reading.next as Promise<Result>
  }

  #begin<Result>(key: string, read: () => Promise<Result>): Promise<Result> {
    const current = read()
    const reading: Reading = { current, next: null }
    this.#underWay.set(key, reading)
    const done = () => {
      if (reading.next === null) this.#underWay.delete(key)
    }
    current.then(done, done)
    return current
  }
}
