/** An item of the three production guides that dbops answers: what it promises, the commands that do it, the tests that prove it. */
export interface SeedItem {
  readonly id: string
  readonly promise: string
  readonly commands: readonly string[]
  readonly tests: readonly string[]
  /** What is done otherwise, or not, and why. */
  readonly note?: string
}
