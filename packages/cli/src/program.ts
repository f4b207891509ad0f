import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { ArgumentDefinition, CommandDefinition, OptionDefinition, OptionValues } from './commands/command.ts'
import { commands } from './commands/index.ts'
import type { CommandContext } from './context.ts'
import { CommandError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import type { Call } from './plain-arguments.ts'

export const PROGRAM_NAME = 'pcap-analyzer'

/**
 * What the arguments call for; null when help or the version was asked for and printed.
 * @throws {CommandError} USAGE for wrong arguments.
 */
export async function readArguments(
  context: CommandContext,
  words: readonly string[],
  version: string,
): Promise<Call | null> {
  let call: Call | null = null
  const program = newProgram(context, version, (found) => {
    call = found
  })
  if (words.length === 0) {
    context.stderr.write(program.helpInformation())
    throw new CommandError('USAGE', 'no command given')
  }
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null // help or version was printed
    throw usageError(error, words)
  }
  return call
}

function newProgram(context: CommandContext, version: string, found: (call: Call) => void): Command {
  const program = new Command(PROGRAM_NAME)
    .description('Finds out why a network was slow, broken or abused, and proves it with frames.')
    .version(`${PROGRAM_NAME} ${version}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', programHelp())
  configure(program, context)
  for (const definition of commands) program.addCommand(newCommand(definition, context, found))
  return program
}

function newCommand(definition: CommandDefinition, context: CommandContext, found: (call: Call) => void): Command {
  const command = new Command(definition.name)
    .summary(definition.summary)
    .description(definition.description)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examplesHelp(definition))
  configure(command, context)
  for (const argument of definition.arguments) command.argument(argumentText(argument), argument.description)
  for (const option of definition.options) command.addOption(newOption(option))
  return command.action(() => found({ definition, args: command.args, options: givenOptions(command) }))
}

/** Only what the user wrote: commander would fill in true for each --no-… */
function givenOptions(command: Command): OptionValues {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  )
}

function configure(command: Command, context: CommandContext): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => {}, // main.ts prints errors, in one form for all
      getOutHelpWidth: () => context.columns,
      getErrHelpWidth: () => context.columns,
    })
}

function newOption(definition: OptionDefinition): Option {
  const option = new Option(definition.flags, optionText(definition))
  const { parse } = definition
  if (parse === undefined) return option
  return option.argParser((text) => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      throw new InvalidArgumentError(error.message)
    }
  })
}

/** What an option does, with what happens without it. */
export function optionText({ description, defaultText }: OptionDefinition): string {
  return defaultText === undefined ? description : `${description} (default: ${defaultText})`
}

/** `<file...>`, or `[scenario]` when it may be left out, as the usage line shows it. */
export function argumentText(argument: ArgumentDefinition): string {
  const words = `${argument.name}${argument.isVariadic === true ? '...' : ''}`
  return argument.isOptional === true ? `[${words}]` : `<${words}>`
}

function examplesHelp(definition: CommandDefinition): string {
  const lines = definition.examples.map(({ command, shows }) => `  # ${shows}\n  ${command}`)
  return `\nExamples:\n${lines.join('\n')}`
}

function programHelp(): string {
  const examples = commands.map(({ examples: [first] }) => `  ${first.command}`)
  const codes = exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  return `\nExamples:\n${examples.join('\n')}\n\nExit codes:\n${codes.join('\n')}`
}

/** Commander's message in our form: its second line is a suggestion. */
function usageError(error: CommanderError, words: readonly string[]): CommandError {
  const [message, suggestion] = error.message.replace(/^error: /, '').split('\n')
  const hint = suggestion === undefined ? usageHint(error, words) : suggestion.replace(/^\((.*)\)$/, '$1')
  const plain = message.replace(' is invalid. ', ' is invalid: ').replace(/\.$/, '')
  return new CommandError('USAGE', plain, { hint, cause: error })
}

function usageHint(error: CommanderError, words: readonly string[]): string {
  if (error.code === 'commander.unknownCommand') {
    const looksLikeFile = /[./\\]/.test(words[0] ?? '')
    return looksLikeFile ? `${PROGRAM_NAME} analyze ${words[0]}` : `${PROGRAM_NAME} --help lists the commands`
  }
  const name = commands.find((definition) => definition.name === words[0])?.name
  return `${PROGRAM_NAME}${name === undefined ? '' : ` ${name}`} --help`
}
