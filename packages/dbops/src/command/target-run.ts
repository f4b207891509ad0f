import { type ExitCode, exitCodeOf } from '../exit-codes.ts'
import type { Outcome } from './outcome.ts'

/** What came of a command at one server: an outcome, or why there is none. */
export interface TargetRun {
  readonly name: string | null
  readonly target: string | null
  readonly environment: string
  readonly outcome: Outcome | null
  readonly failure: unknown
}

/** How it ended at one server. */
export function exitCodeOfRun({ outcome, failure }: TargetRun): ExitCode {
  return outcome?.exitCode ?? exitCodeOf(failure)
}

/** Of several the highest. */
export function worstExitCode(runs: readonly TargetRun[]): ExitCode {
  return runs.map(exitCodeOfRun).reduce((worst, code) => (code > worst ? code : worst))
}
