import type { ConnectionParameters } from '../connection/parameters.ts'
import type { SessionGroup } from './rotation-facts.ts'
import type { LoginStore } from './secret-store.ts'

/** What every rotation of a login is told, whatever its strategy. */
export interface CommonRotationOptions {
  /** A session that may alter the logins. */
  readonly admin: ConnectionParameters
  readonly store: LoginStore
  /** How long sessions of the old login may go on; 300 s. */
  readonly graceMs?: number
  readonly pollMs?: number
  /** Shell commands that make applications read their login again, run when the new one is published and proven. */
  readonly hooks?: readonly string[]
  readonly onProgress?: (line: string) => void
  /** Tells when a step has begun; tests end the process there. */
  readonly onStep?: (step: string, moment: 'before' | 'after') => void
}

export interface RotationResult {
  readonly from: string
  readonly to: string
  readonly version: string
  /** Sessions of the old login that did not leave by themselves. */
  readonly terminated: readonly SessionGroup[]
  /** Hooks that failed, with their words. */
  readonly failedHooks: readonly string[]
}

/** Whether a change of the journal is a rotation: of logins, or of the key of an application. */
export function isRotation({ kind }: { readonly kind: string }): boolean {
  return kind === 'rotate' || kind === 'rotate-key'
}
