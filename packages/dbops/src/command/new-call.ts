import { type ConfiguredTarget, type DbopsConfig, readConfig } from '../config.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { readEnvironment } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import { redact } from '../secret.ts'
import type { Call, OptionValues } from './command.ts'
import { hooksAt, trustedHooks } from './configured-hooks.ts'
import { visible, visiblePart } from './printed/visible.ts'
import { readTarget } from './target.ts'

/** What the command needs of the process it runs in. */
export interface CommandProcess {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  readonly version: string
  writeOut(text: string): void
  writeError(text: string): void
  /** Takes the first interruption over from the end of the process. */
  interruption(): AbortSignal
  now(): Date
}

export interface CallSource {
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly stateFolder: string
  readonly process: CommandProcess
  /** Target of the configuration; null for what --url, --service or variables name. */
  readonly targetName: string | null
  /** Told when the command asks where its server is. */
  readonly onTarget: (target: ConnectionParameters) => void
}

/** The configuration that the options name. @throws {DbopsError} CONFIG_INVALID */
export function configOf(options: OptionValues, { workingFolder, variables }: CommandProcess): DbopsConfig {
  return readConfig(textOf(options, 'config'), workingFolder, variables)
}

/** A call of a command at one server. @throws {DbopsError} CONFIG_INVALID, USAGE */
export function newCall({ args, options, stateFolder, process, targetName, onTarget }: CallSource): Call {
  const progress = (line: string): void => process.writeError(`${visiblePart(redact(line))}\n`)
  const config = configOf(options, process)
  const configured = configuredTarget(targetName, config)
  const word =
    textOf(options, 'environment') ?? configured?.environment ?? config.environment ?? process.variables.ENVIRONMENT
  const environment = readEnvironment(word || 'development')
  const rules = {
    environment,
    isTlsWaived: options.waiveTls === true,
    variables: process.variables,
    onWarning: (warning: string) => progress(`warning: ${warning}`),
  }
  return {
    args,
    options,
    environment,
    variables: process.variables,
    stateFolder,
    workingFolder: process.workingFolder,
    credentialNames: config.credentialNames ?? {},
    isApplied: options.apply === true,
    isLockForced: options.breakLock === true,
    progress,
    write: (part) => process.writeOut(visible(redact(part))),
    interruption: () => process.interruption(),
    now: () => process.now(),
    target() {
      const target = readTarget({
        ...rules,
        url: textOf(options, 'url'),
        service: textOf(options, 'service'),
        configured: configured?.url ?? null,
        passwordFile: textOf(options, 'passwordFile') ?? configured?.passwordFile ?? null,
      })
      onTarget(target)
      return target
    },
    otherTarget: (url) => readTarget({ ...rules, url, service: null, configured: null, passwordFile: null }),
    hooks: (moment) =>
      trustedHooks(hooksAt(moment, configured?.hooks, config.hooks), textOf(options, 'config'), process.workingFolder),
    confirm(database, deed) {
      if (environment !== 'production' || textOf(options, 'confirm') === database) return
      throw new DbopsError('REFUSED', `production: ${deed} needs --confirm ${database}`)
    },
  }
}

/** @throws {DbopsError} USAGE for a name that the configuration does not have */
export function configuredTarget(name: string | null, { targets = {} }: DbopsConfig): ConfiguredTarget | null {
  if (name === null) return null
  if (Object.hasOwn(targets, name)) return targets[name]
  throw new DbopsError('USAGE', `target "${name}" is not in the configuration`, {
    hint: `known are ${Object.keys(targets).join(', ') || 'none'}`,
  })
}

/** The value of a text option, before there is a call. */
export function textOf(options: OptionValues, name: string): string | null {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : null
}
