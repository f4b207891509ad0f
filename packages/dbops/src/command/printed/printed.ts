import type { DbopsErrorCode } from '../../errors.ts'
import type { ExitCode } from '../../exit-codes.ts'
import type { Outcome } from '../outcome.ts'

/** What came of a command at one server. */
export interface TargetResult {
  /** Name of the target in the configuration, when the command went to several; else null. */
  readonly name: string | null
  /** Server and database, without a password; null for a command that needs none. */
  readonly target: string | null
  readonly outcome: Outcome
  /** Why it came to no end there, of one of several; a single command prints its error itself. */
  readonly error?: PrintedError
}

export interface PrintedError {
  readonly code: DbopsErrorCode
  readonly message: string
  readonly hint: string | null
}

/** A command with its results: one, or one for each of several targets. */
export interface Printed {
  readonly command: string
  readonly exitCode: ExitCode
  readonly results: readonly TargetResult[]
}
