import { formatUrl } from '../connection/format-url.ts'
import { serverError } from '../connection/server-errors.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, type ExitCode, exitCodeOf } from '../exit-codes.ts'
import { redact } from '../secret.ts'
import type { CommandDefinition, OptionValues } from './command.ts'
import { type Format, print, readFormat } from './formats.ts'
import { type CommandProcess, configOf, newCall, textOf } from './new-call.ts'
import { NAGIOS_UNKNOWN, nagiosExitCode } from './printed/print-nagios.ts'
import type { PrintedError, TargetResult } from './printed/printed.ts'
import { visiblePart } from './printed/visible.ts'
import { type ParsedCall, readArguments } from './program.ts'
import { isUnrecorded, operationsLog, record } from './recording.ts'
import { stateFolderOf } from './state-folder.ts'
import { targetNames } from './target-names.ts'
import { type TargetRun, worstExitCode } from './target-run.ts'

/** Runs one command line: result on stdout, progress and errors on stderr, one record in the operations log, and the exit code. */
export async function runCommandLine(
  definitions: readonly CommandDefinition[],
  words: readonly string[],
  process: CommandProcess,
): Promise<ExitCode> {
  let parsed: ParsedCall | null
  try {
    parsed = readArguments(definitions, words, process.version, (text) => process.writeOut(text))
  } catch (error) {
    return reportError(error, process)
  }
  return parsed === null ? EXIT_FINE : await runParsed(parsed, process)
}

async function runParsed({ definition, args, options }: ParsedCall, process: CommandProcess): Promise<ExitCode> {
  const startMs = performance.now()
  let stateFolder: string
  try {
    stateFolder = stateFolderOf(textOf(options, 'stateDir'), process.variables)
  } catch (error) {
    return reportError(error, process)
  }
  const start = { definition, args, options, stateFolder, process }
  let format: Format = 'text'
  let runs: readonly TargetRun[]
  let isKeyed = false
  try {
    format = readFormat(textOf(options, 'format') ?? 'text')
    const targets = targetNames(options, configOf(options, process), definition)
    isKeyed = targets.isKeyed
    runs = []
    for (const name of targets.names) runs = [...runs, await runAtTarget(start, name, isKeyed)]
  } catch (failure) {
    runs = [{ name: null, target: null, environment: process.variables.ENVIRONMENT ?? '', outcome: null, failure }]
  }
  const exitCode = worstExitCode(runs)
  const unrecorded = await record({
    definition,
    stateFolder,
    process,
    startMs,
    runs,
    isApplied: options.apply === true,
  })
  const [{ outcome, failure }] = runs
  if (outcome === null && !isKeyed) return reportError(failure, process, format)
  const results = runs.map((run) => resultOf(run, isKeyed))
  for (const { name, error } of results) if (error !== undefined) process.writeError(errorLines(`${name}: `, error))
  if (outcome?.isSilent !== true)
    process.writeOut(redact(print(format, { command: definition.name, exitCode, results })))
  if (unrecorded !== null) return unrecorded
  return format === 'nagios' ? nagiosExitCode(results) : exitCode
}

interface RunStart {
  readonly definition: CommandDefinition
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly stateFolder: string
  readonly process: CommandProcess
}

/** Never throws: the other targets have their turn whatever becomes of one. */
async function runAtTarget(start: RunStart, name: string | null, isKeyed: boolean): Promise<TargetRun> {
  const { definition, args, options, stateFolder, process } = start
  let target: string | null = null
  let environment = process.variables.ENVIRONMENT ?? ''
  const own = isKeyed ? { ...process, writeError: (text: string) => process.writeError(`${name}: ${text}`) } : process
  try {
    const call = newCall({
      args,
      options,
      stateFolder,
      process: own,
      targetName: name,
      onTarget: (parameters) => {
        target = formatUrl(parameters, 'omitted')
      },
    })
    environment = call.environment
    if (environment === 'production' && !isUnrecorded(definition))
      await operationsLog(stateFolder, process).assertWritable()
    const outcome = await definition.run(call)
    return { name, target, environment, outcome, failure: null }
  } catch (error) {
    const failure = error instanceof DbopsError ? error : serverError(error)
    return { name, target, environment, outcome: null, failure }
  }
}

function resultOf(run: TargetRun, isKeyed: boolean): TargetResult {
  const { target, outcome, failure } = run
  const name = isKeyed ? run.name : null
  if (outcome !== null) return { name, target, outcome }
  const error = describe(failure)
  return {
    name,
    target,
    outcome: { summary: `${error.code}: ${error.message}`, exitCode: exitCodeOf(failure) },
    error,
  }
}

function reportError(error: unknown, process: CommandProcess, format: Format = 'text'): ExitCode {
  const exitCode = exitCodeOf(error)
  const { message, hint, code } = describe(error)
  if (format === 'json')
    process.writeOut(`${JSON.stringify({ schemaVersion: 1, exitCode, error: { code, message, hint } })}\n`)
  if (format === 'nagios') process.writeOut(`DBOPS UNKNOWN - ${message}\n`)
  process.writeError(errorLines('', { code, message, hint }))
  return format === 'nagios' ? NAGIOS_UNKNOWN : exitCode
}

function errorLines(place: string, { message, hint }: PrintedError): string {
  const hinted = hint === null ? '' : `  hint: ${visiblePart(hint)}\n`
  return `dbops: error: ${visiblePart(`${place}${message}`)}\n${hinted}`
}

function describe(error: unknown): PrintedError {
  if (error instanceof DbopsError)
    return {
      message: redact(error.message),
      hint: error.hint === undefined ? null : redact(error.hint),
      code: error.code,
    }
  return { message: redact(String((error as Error)?.stack ?? error)), hint: null, code: 'INTERNAL' }
}
