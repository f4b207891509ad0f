/**
 * What is known of some connections until they end, by their index, or by twice that + direction. Indices are used again, so they stay
 * as small as the connections at a time are many, and finding one is a look at a list: maps cost several times as much.
 */
export class ByConnection<T> {
  /** How many are known. */
  size = 0
  private readonly known: (T | undefined)[] = []

  get(index: number): T | undefined {
    return index < this.known.length ? this.known[index] : undefined
  }

  set(index: number, value: T): void {
    const { known } = this
    while (known.length <= index) known.push(undefined)
    if (known[index] === undefined) this.size++
    known[index] = value
  }

  /** What was known, forgotten now. */
  take(index: number): T | undefined {
    const value = this.get(index)
    if (value === undefined) return undefined
    this.known[index] = undefined
    this.size--
    return value
  }
}
