import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { Turns } from '../turns.ts'
import { newWorkFolder } from '../worker/left-folders.ts'
import { type LimitedChild, startLimitedChild } from '../worker/limited-child.ts'
import { scriptBeside } from '../worker/run-child.ts'
import type { LookOrder } from './look-child.ts'
import type { CaptureLook } from './validation.ts'

const SCRIPT = scriptBeside(import.meta.url, 'look-child')
const MOST_AT_ONCE = 4
/** A process is not used for longer, and ends by itself soon after. */
const USED_MS = 300_000
const LIFE_SECONDS = 600

/** Bounds of one look. */
export interface LookLimits {
  readonly memoryMb: number
  readonly timeoutSeconds: number
}

interface Looker {
  readonly child: LimitedChild
  readonly startedMs: number
  readonly ended: Promise<'ended'>
}

/**
 * First looks at captures, in processes of their own under the bounds of an analysis and without any of our environment: a hostile file
 * stalls nobody else, and what ends a look is said of its file. A process looks at one capture at a time and is kept for the next.
 */
export class CaptureLooks {
  readonly #limits: LookLimits
  readonly #turns = new Turns(MOST_AT_ONCE)
  readonly #idle = new Set<Looker>()
  readonly #all = new Set<Looker>()

  constructor(limits: LookLimits) {
    this.#limits = limits
  }

  look(order: LookOrder): Promise<CaptureLook> {
    return this.#turns.run(async () => {
      const looker = this.#takeIdle() ?? (await this.#start())
      const look = await this.#ask(looker, order)
      if (this.#all.has(looker)) this.#idle.add(looker)
      return look
    })
  }

  /** Ends the processes; nobody may look any more. */
  async close(): Promise<void> {
    const all = [...this.#all]
    for (const { child } of all) child.stop()
    await Promise.all(all.map(({ ended }) => ended))
  }

  #takeIdle(): Looker | null {
    for (const looker of this.#idle) {
      this.#idle.delete(looker)
      if (performance.now() - looker.startedMs < USED_MS) return looker
      looker.child.stop()
    }
    return null
  }

  async #start(): Promise<Looker> {
    const folder = await newWorkFolder()
    const limits = { memoryMb: this.#limits.memoryMb, timeoutSeconds: LIFE_SECONDS, fileMb: 1 }
    const child = startLimitedChild(SCRIPT, '', folder, limits)
    const ended = once(child.process, 'close').then(async () => {
      this.#all.delete(looker)
      this.#idle.delete(looker)
      await rm(folder, { recursive: true, force: true })
      return 'ended' as const
    })
    const looker: Looker = { child, startedMs: performance.now(), ended }
    this.#all.add(looker)
    return looker
  }

  async #ask({ child, ended }: Looker, order: LookOrder): Promise<CaptureLook> {
    const { memoryMb, timeoutSeconds } = this.#limits
    const answered = new Promise<CaptureLook>((resolve) => {
      child.process.once('message', (look) => resolve(look as CaptureLook))
    })
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.stop()
    }, timeoutSeconds * 1000)
    child.process.send(order, () => undefined) // whether it lives is seen by its end
    const look = await Promise.race([answered, ended])
    clearTimeout(timer)
    if (look !== 'ended') return look
    if (isLate || child.stopped() === 'MEMORY_LIMIT' || child.process.signalCode === 'SIGABRT')
      return {
        kind: 'refused',
        refusal: { type: 'TOO_COSTLY', numbers: { seconds: timeoutSeconds, megabytes: memoryMb } },
      }
    throw new Error(
      `the first look at a capture ended unexpectedly (${child.process.signalCode ?? child.process.exitCode})`,
    )
  }
}
