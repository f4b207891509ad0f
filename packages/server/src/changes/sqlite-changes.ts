import { type Change, ChangeListeners, type Changes } from './changes.ts'

/** On SQLite the database is asked each time whether anything changed, which takes no longer than looking into a map. */
export class SqliteChanges implements Changes {
  readonly #stamp: () => string | null
  readonly #listeners = new ChangeListeners()
  #known: string | null = null

  /** @param stamp differs from the one before when anything was written, by this process or another; null once that cannot be told */
  constructor(stamp: () => string | null) {
    this.#stamp = stamp
  }

  get isHeard(): boolean {
    const stamp = this.#stamp()
    if (stamp !== this.#known) this.#listeners.emit('change', { kind: 'everything' })
    this.#known = stamp
    return stamp !== null
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#listeners.add(listener)
  }

  async settled(): Promise<void> {
    void this.isHeard
  }

  listen(): void {}

  async stop(): Promise<void> {}
}
