import { EventEmitter } from 'node:events'

/** What changed in the database, by this process or any other. */
export type Change =
  /** A task of an owner, who is null for a task of nobody; `taskId` is null where only lists of tasks changed. */
  | { readonly kind: 'task'; readonly ownerId: string | null; readonly taskId: string | null }
  /** What a user may do: the user, a session or a key. */
  | { readonly kind: 'access'; readonly userId: string }
  /** What others see of a user. */
  | { readonly kind: 'name'; readonly userId: string }
  /** Anything. */
  | { readonly kind: 'everything' }

/**
 * Tells what changes in the database, so that what was read may be kept until then. Whoever keeps something looks at {@link isHeard}
 * before each use, and keeps nothing that began to be read before a change to it was told.
 */
export interface Changes {
  /** Whether changes are heard now. Where not, nothing that is kept may be used. */
  readonly isHeard: boolean
  /** Calls back with every change until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void
  /** Resolves once every change that was committed before has been told. Never rejects. */
  settled(): Promise<void>
  listen(): void
  stop(): Promise<void>
}

/** Those who want to be told. */
export class ChangeListeners extends EventEmitter<{ change: [Change] }> {
  constructor() {
    super()
    this.setMaxListeners(0)
  }

  add(listener: (change: Change) => void): () => void {
    this.on('change', listener)
    return () => this.off('change', listener)
  }
}
