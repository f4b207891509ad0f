import { join } from 'node:path'
import { type Operation, OperationsLog } from '../audit/operations-log.ts'
import { EXIT_FINE, EXIT_REFUSED, type ExitCode } from '../exit-codes.ts'
import { redact } from '../secret.ts'
import type { CommandDefinition } from './command.ts'
import type { CommandProcess } from './new-call.ts'
import { shipRecorded } from './ship-recorded.ts'
import { exitCodeOfRun, type TargetRun, worstExitCode } from './target-run.ts'

/** A command that is over, as the operations log is told of it. */
interface Recording {
  readonly definition: CommandDefinition
  readonly isApplied: boolean
  readonly stateFolder: string
  readonly process: CommandProcess
  readonly startMs: number
  readonly runs: readonly TargetRun[]
}

/** One line for the whole command, whatever the number of its targets. */
function operationOf({ definition, isApplied, startMs, runs }: Recording): Operation {
  const [first] = runs
  const exitCode = worstExitCode(runs)
  const reasonOf = ({ outcome, failure }: TargetRun): string | null =>
    failure instanceof Error ? failure.message : (outcome?.summary ?? null)
  return {
    command: definition.name,
    target: runs.length === 1 ? first.target : runs.map(({ name, target }) => target ?? name).join(', '),
    outcome: outcomeWord(exitCode, runs.find(({ failure }) => failure !== null)?.failure ?? null),
    exitCode,
    reason: runs.length === 1 ? reasonOf(first) : runs.map((run) => `${run.name}: ${reasonOf(run)}`).join('; '),
    durationMs: Math.round(performance.now() - startMs),
    details:
      runs.length === 1
        ? { ...first.outcome?.audit, isApplied }
        : {
            targets: runs.map((run) => ({ name: run.name, exitCode: exitCodeOfRun(run), ...run.outcome?.audit })),
            isApplied,
          },
  }
}

function outcomeWord(exitCode: ExitCode, failure: unknown): Operation['outcome'] {
  if (exitCode === EXIT_REFUSED) return 'refused'
  if (failure !== null) return 'failed'
  return exitCode === EXIT_FINE ? 'ok' : 'findings'
}

/** Commands that look at the log itself do not write to it. */
export function isUnrecorded({ name }: CommandDefinition): boolean {
  return name === 'audit verify' || name === 'audit anchor'
}

export function operationsLog(stateFolder: string, process: CommandProcess): OperationsLog {
  return new OperationsLog({ folder: join(stateFolder, 'audit'), now: () => process.now() })
}

/** Production does nothing unrecorded (it asked beforehand); elsewhere a log that cannot be written is said, and work goes on. */
export async function record(recording: Recording): Promise<ExitCode | null> {
  const { definition, stateFolder, process, runs } = recording
  if (isUnrecorded(definition)) return null
  try {
    await operationsLog(stateFolder, process).append(operationOf(recording))
    await shipRecorded(stateFolder, process)
    return null
  } catch (error) {
    const { message } = error as Error
    process.writeError(`dbops: error: the operations log cannot be written: ${redact(message)}\n`)
    return runs.some(({ environment }) => environment === 'production') ? EXIT_REFUSED : null
  }
}
