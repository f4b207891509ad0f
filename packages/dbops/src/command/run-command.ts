import { join } from 'node:path'
import { type Operation, OperationsLog } from '../audit/operations-log.ts'
import { type DbopsConfig, readConfig } from '../config.ts'
import { formatUrl } from '../connection/format-url.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { serverError } from '../connection/server-errors.ts'
import { type Environment, readEnvironment } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_REFUSED, type ExitCode, exitCodeOf } from '../exit-codes.ts'
import { redact } from '../secret.ts'
import type { Call, CommandDefinition, OptionValues } from './command.ts'
import { type Format, nagiosExitCode, print, readFormat } from './formats.ts'
import type { Outcome } from './outcome.ts'
import { type ParsedCall, readArguments } from './program.ts'
import { stateFolderOf } from './state-folder.ts'
import { readTarget } from './target.ts'

/** What the command needs of the process it runs in. */
export interface CommandProcess {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  readonly version: string
  writeOut(text: string): void
  writeError(text: string): void
  now(): Date
}

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
  const stateFolder = stateFolderOf(text(options, 'stateDir'), process.variables)
  let shownTarget: string | null = null
  let outcome: Outcome | null = null
  let failure: unknown = null
  let format: Format = 'text'
  let environment = process.variables.ENVIRONMENT ?? ''
  try {
    format = readFormat(text(options, 'format') ?? 'text')
    const call = newCall({
      args,
      options,
      stateFolder,
      process,
      onTarget: (target) => (shownTarget = formatUrl(target, 'omitted')),
    })
    if (call.environment === 'production' && !isUnrecorded(definition))
      await operationsLog(stateFolder, process).assertWritable()
    environment = call.environment
    outcome = await definition.run(call)
  } catch (error) {
    failure = error instanceof DbopsError ? error : serverError(error)
  }
  const exitCode = outcome?.exitCode ?? exitCodeOf(failure)
  const recorded = await record(
    { definition, stateFolder, process, environment },
    {
      command: definition.name,
      target: shownTarget,
      outcome: outcomeWord(exitCode, failure),
      exitCode,
      reason: failure instanceof Error ? failure.message : (outcome?.summary ?? null),
      durationMs: Math.round(performance.now() - startMs),
      details: { ...outcome?.audit, isApplied: options.apply === true },
    },
  )
  if (outcome === null) return reportError(failure, process, format)
  if (outcome.isSilent !== true)
    process.writeOut(redact(print(format, { command: definition.name, target: shownTarget, outcome })))
  if (recorded !== null) return recorded
  return format === 'nagios' ? nagiosExitCode(outcome) : exitCode
}

interface CallSource {
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly stateFolder: string
  readonly process: CommandProcess
  readonly onTarget: (target: ConnectionParameters) => void
}

function newCall({ args, options, stateFolder, process, onTarget }: CallSource): Call {
  const progress = (line: string): void => process.writeError(`${redact(line)}\n`)
  const config = readConfig(text(options, 'config'), process.workingFolder, process.variables)
  const environment = environmentOf(options, config, process)
  return {
    args,
    options,
    environment,
    variables: process.variables,
    stateFolder,
    workingFolder: process.workingFolder,
    isApplied: options.apply === true,
    isLockForced: options.breakLock === true,
    progress,
    now: () => process.now(),
    target() {
      const target = readTarget({
        url: text(options, 'url'),
        service: text(options, 'service'),
        configured: configuredUrl(text(options, 'target'), config),
        passwordFile:
          text(options, 'passwordFile') ?? configuredTarget(text(options, 'target'), config)?.passwordFile ?? null,
        environment,
        isTlsWaived: options.waiveTls === true,
        variables: process.variables,
        onWarning: (warning) => progress(`warning: ${warning}`),
      })
      onTarget(target)
      return target
    },
    confirm(database, deed) {
      if (environment !== 'production' || text(options, 'confirm') === database) return
      throw new DbopsError('REFUSED', `production: ${deed} needs --confirm ${database}`)
    },
  }
}

function environmentOf(options: OptionValues, config: DbopsConfig, process: CommandProcess): Environment {
  const named = configuredTarget(text(options, 'target'), config)
  const word = text(options, 'environment') ?? named?.environment ?? config.environment ?? process.variables.ENVIRONMENT
  return readEnvironment(word || 'development')
}

function configuredTarget(
  name: string | null,
  { targets = {} }: DbopsConfig,
): NonNullable<DbopsConfig['targets']>[string] | null {
  return name === null ? null : (targets[name] ?? null)
}

function configuredUrl(name: string | null, config: DbopsConfig): string | null {
  if (name === null) return null
  const target = configuredTarget(name, config)
  if (target !== null) return target.url
  throw new DbopsError('USAGE', `target "${name}" is not in the configuration`, {
    hint: `known are ${Object.keys(config.targets ?? {}).join(', ') || 'none'}`,
  })
}

function text(options: OptionValues, name: string): string | null {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function outcomeWord(exitCode: ExitCode, failure: unknown): Operation['outcome'] {
  if (exitCode === EXIT_REFUSED) return 'refused'
  if (failure !== null) return 'failed'
  return exitCode === EXIT_FINE ? 'ok' : 'findings'
}

interface RecordContext {
  readonly definition: CommandDefinition
  readonly stateFolder: string
  readonly process: CommandProcess
  readonly environment: string
}

/** Commands that look at the log itself do not write to it. */
function isUnrecorded({ name }: CommandDefinition): boolean {
  return name === 'audit verify' || name === 'audit anchor'
}

function operationsLog(stateFolder: string, process: CommandProcess): OperationsLog {
  return new OperationsLog({ folder: join(stateFolder, 'audit'), now: () => process.now() })
}

/** Production does nothing unrecorded (it asked beforehand); elsewhere a log that cannot be written is said, and work goes on. */
async function record(
  { definition, stateFolder, process, environment }: RecordContext,
  operation: Operation,
): Promise<ExitCode | null> {
  if (isUnrecorded(definition)) return null
  try {
    await operationsLog(stateFolder, process).append(operation)
    return null
  } catch (error) {
    const { message } = error as Error
    process.writeError(`dbops: error: the operations log cannot be written: ${redact(message)}\n`)
    return environment === 'production' ? EXIT_REFUSED : null
  }
}

function reportError(error: unknown, process: CommandProcess, format: Format = 'text'): ExitCode {
  const exitCode = exitCodeOf(error)
  const { message, hint, code } = describe(error)
  if (format === 'json')
    process.writeOut(
      `${JSON.stringify({ schemaVersion: 1, exitCode, error: { code, message, hint: hint ?? null } })}\n`,
    )
  if (format === 'nagios') process.writeOut(`DBOPS UNKNOWN - ${message}\n`)
  process.writeError(`dbops: error: ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`)
  return format === 'nagios' ? (3 as ExitCode) : exitCode
}

function describe(error: unknown): { message: string; hint: string | undefined; code: string } {
  if (error instanceof DbopsError)
    return {
      message: redact(error.message),
      hint: error.hint === undefined ? undefined : redact(error.hint),
      code: error.code,
    }
  return { message: redact(String((error as Error)?.stack ?? error)), hint: undefined, code: 'INTERNAL' }
}
