import type { CredentialNames, HookMoment } from '../config.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { Environment } from '../environment.ts'
import type { Outcome } from './outcome.ts'

/** One option in commander's words. */
export interface OptionDefinition {
  readonly flags: string
  readonly description: string
  /** May be given several times. */
  readonly isRepeatable?: boolean
}

/** What {@link Call.confirm} reads; commands that change something have it anyway. */
export const confirmOption: OptionDefinition = {
  flags: '--confirm <database>',
  description: 'name of the database, demanded in production',
}

/** What the options hold, under commander's names. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** What a command may know and use; only main.ts makes one from the real process. */
export interface Call {
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly environment: Environment
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly stateFolder: string
  readonly workingFolder: string
  /** `--apply` was given: change what the plan says. */
  readonly isApplied: boolean
  readonly isLockForced: boolean
  /** Under which names sources hold the parts of a login, instead of the usual ones. */
  readonly credentialNames: CredentialNames
  /** Commands of the site, from the configuration. @throws {DbopsError} REFUSED for a file that may be somebody else's */
  hooks(moment: HookMoment): readonly string[]
  /** Where the server is. @throws {DbopsError} USAGE when no target was named */
  target(): ConnectionParameters
  /** A second server or login, its URL read by the same rules as `--url`. @throws {DbopsError} USAGE, REFUSED */
  otherTarget(url: string): ConnectionParameters
  /** A line on stderr. */
  progress(line: string): void
  /** A part of the result, on stdout before the command is over. */
  write(text: string): void
  /** Fires when the user interrupts; whoever asks for it is expected to come to an end then. */
  interruption(): AbortSignal
  now(): Date
  /** @throws {DbopsError} REFUSED in production unless --confirm names the database */
  confirm(database: string, deed: string): void
}

/** One verb: `dbops backup create`. */
export interface CommandDefinition {
  readonly name: string
  readonly summary: string
  readonly arguments?: readonly {
    readonly name: string
    readonly description: string
    readonly isOptional?: boolean
    readonly isVariadic?: boolean
  }[]
  readonly options: readonly OptionDefinition[]
  /** `server`: prints a plan unless --apply; the others act at once. */
  readonly changes: 'nothing' | 'files' | 'server'
  /** Looks at one server, and may be sent to several targets, one after the other. */
  readonly isPerTarget?: boolean
  readonly example: string
  readonly run: (call: Call) => Promise<Outcome> | Outcome
}

/** The value of a text option. */
export function textOption(call: Call, name: string): string | null {
  const value = call.options[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** All values of a repeatable option. */
export function listOption(call: Call, name: string): readonly string[] {
  const value = call.options[name]
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : []
}
