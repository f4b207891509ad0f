import { Command, CommanderError, Option } from 'commander'
import { DbopsError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { type CommandDefinition, confirmOption, type OptionDefinition, type OptionValues } from './command.ts'

/** What was asked for: a definition, its arguments, its options. */
export interface ParsedCall {
  readonly definition: CommandDefinition
  readonly args: readonly string[]
  readonly options: OptionValues
}

/** Options of every command. */
export const commonOptions: readonly OptionDefinition[] = [
  { flags: '--url <url>', description: 'server and database; env:NAME takes the URL from a variable' },
  { flags: '--service <name>', description: 'section of pg_service.conf' },
  {
    flags: '--target <name>',
    description:
      'target of the configuration file; commands that judge a server take several, or all: results are keyed by target, and the highest exit code is that of the command',
    isRepeatable: true,
  },
  { flags: '--config <file>', description: 'configuration file (default: dbops.yaml, where it is there)' },
  { flags: '--password-file <file>', description: 'file that holds the password' },
  {
    flags: '--environment <name>',
    description: 'development, test, staging or production (default: ENVIRONMENT, else development)',
  },
  { flags: '--format <form>', description: 'text, json, sarif, junit, nagios or prom (default: text)' },
  {
    flags: '--state-dir <folder>',
    description: 'journal, locks and operations log (default: DBOPS_STATE_DIR, else ~/.local/state/dbops)',
  },
  { flags: '--waive-tls', description: 'let a weaker sslmode than verify-full pass in production' },
]

/** Options of the commands that change a server. */
export const applyOptions: readonly OptionDefinition[] = [
  { flags: '--apply', description: 'do it; without it the plan is printed' },
  confirmOption,
  { flags: '--break-lock', description: 'take over a lock whose owner cannot be proven dead' },
]

/**
 * What the words call for; null when help or the version was printed.
 * @throws {DbopsError} USAGE
 */
export function readArguments(
  definitions: readonly CommandDefinition[],
  words: readonly string[],
  version: string,
  write: (text: string) => void,
): ParsedCall | null {
  let call: ParsedCall | null = null
  const program = newProgram(definitions, version, write, (found) => {
    call = found
  })
  if (words.length === 0) {
    write(program.helpInformation())
    throw new DbopsError('USAGE', 'no command given')
  }
  try {
    program.parse([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replace(/\n\(/, ' (')
    const isGroupHelp = error.code === 'commander.help'
    throw new DbopsError('USAGE', isGroupHelp ? 'the command needs a verb' : message, {
      hint: 'dbops --help lists the commands',
    })
  }
  return call
}

function newProgram(
  definitions: readonly CommandDefinition[],
  version: string,
  write: (text: string) => void,
  found: (call: ParsedCall) => void,
): Command {
  const program = configured(new Command('dbops'), write)
    .description('PostgreSQL operations and security: plan, apply, verify, undo.')
    .version(`dbops ${version}`, '-V, --version', 'print the version')
    .addHelpText(
      'after',
      `\nExit codes:\n${exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`).join('\n')}`,
    )
  const groups = new Map<string, Command>()
  for (const definition of definitions) {
    const [first, second] = definition.name.split(' ')
    if (second === undefined) {
      program.addCommand(newCommand(first, definition, write, found))
      continue
    }
    let group = groups.get(first)
    if (group === undefined) {
      group = configured(new Command(first), write).description(`commands about ${first}`)
      groups.set(first, group)
      program.addCommand(group)
    }
    group.addCommand(newCommand(second, definition, write, found))
  }
  return program
}

function newCommand(
  name: string,
  definition: CommandDefinition,
  write: (text: string) => void,
  found: (call: ParsedCall) => void,
): Command {
  const command = configured(new Command(name), write)
    .description(definition.summary)
    .addHelpText('after', `\nExample:\n  ${definition.example}`)
  for (const { name: word, description, isOptional = false, isVariadic = false } of definition.arguments ?? []) {
    const dots = isVariadic ? '...' : ''
    command.argument(isOptional ? `[${word}${dots}]` : `<${word}${dots}>`, description)
  }
  const options = [...definition.options, ...(definition.changes === 'nothing' ? [] : applyOptions), ...commonOptions]
  for (const option of options) command.addOption(newOption(option))
  return command.action(() => {
    refuseEmpty(command)
    found({ definition, args: command.args, options: command.opts() })
  })
}

/** An empty value is mostly a variable of a shell that is not set: nothing else is tried in its place. @throws {DbopsError} USAGE */
function refuseEmpty(command: Command): void {
  const values: OptionValues = command.opts()
  const empty = command.options.find((option) => [values[option.attributeName()]].flat().includes(''))
  if (empty === undefined) return
  throw new DbopsError('USAGE', `${empty.long} is empty`, { hint: 'leave the option out, or give it a value' })
}

function newOption({ flags, description, isRepeatable = false }: OptionDefinition): Option {
  const option = new Option(flags, description)
  if (!isRepeatable) return option
  return option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value])
}

function configured(command: Command, write: (text: string) => void): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .configureOutput({ writeOut: write, writeErr: () => {} })
}
