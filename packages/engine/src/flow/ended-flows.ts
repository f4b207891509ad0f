import type { Core } from '../core/core.ts'
import { Flow } from './flow.ts'

/** So many flows are told at once. */
const BLOCK = 256

/**
 * Flows that have ended, told in blocks: one listener hears of all flows of a block before the next one does, so that its code and its
 * tables are in the cache from the second flow on.
 */
export class EndedFlows {
  private readonly tells: readonly ((flow: Flow) => void)[]
  private readonly block: readonly Flow[]
  private count = 0

  constructor(core: Core, tells: readonly ((flow: Flow) => void)[]) {
    this.tells = tells
    this.block = Array.from({ length: BLOCK }, () => new Flow(core))
  }

  /** Adds the flow of that index, whose record must stay until it was told. */
  add(index: number): void {
    this.block[this.count++].at(index)
    if (this.count === BLOCK) this.tell()
  }

  /** Tells of the flows added and not told yet. */
  tell(): void {
    const { block, count } = this
    for (const tell of this.tells) for (let i = 0; i < count; i++) tell(block[i])
    this.count = 0
  }
}
