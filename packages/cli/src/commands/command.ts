import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'

/** What a shell may offer to complete a value with. */
export type Completion = 'file' | 'folder' | readonly string[]

export interface ArgumentDefinition {
  readonly name: string
  readonly description: string
  readonly isVariadic?: boolean
  readonly isOptional?: boolean
  readonly completion?: Completion
}

export interface OptionDefinition {
  /** As the help shows it: `-o, --output <base>`. */
  readonly flags: string
  readonly description: string
  /** What happens without the option, where the description does not say it. */
  readonly defaultText?: string
  readonly completion?: Completion
  /** Reads the value. @throws {CommandError} USAGE saying what a value must be. */
  readonly parse?: (text: string) => unknown
}

export interface Example {
  readonly command: string
  readonly shows: string
}

/** An entry of the list in commands/index.ts. The definition is light; what does the work is imported when the command runs. */
export interface CommandDefinition {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** A few sentences for the command's own help. */
  readonly description: string
  readonly arguments: readonly ArgumentDefinition[]
  readonly options: readonly OptionDefinition[]
  readonly examples: readonly Example[]
  run(context: CommandContext, args: readonly string[], options: OptionValues): Promise<ExitCode>
}

/** Values by the camel-case name of the long option; absent when it was not given. */
export type OptionValues = Readonly<Record<string, unknown>>
