import type { CommandDefinition, Completion, OptionDefinition } from '../commands/command.ts'
import { optionWords } from '../commands/option-words.ts'
import { binaryNames } from './binary-names.ts'

/** A completion script for fish. */
export function fishCompletion(commands: readonly CommandDefinition[]): string {
  const lines = binaryNames.flatMap((binary) => [
    `complete -c ${binary} -f`,
    ...commands.map(
      ({ name, summary }) => `complete -c ${binary} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => commandLines(binary, command)),
  ])
  return `# fish completion of pcap-analyzer; pcap-analyzer completion fish | source\n${lines.join('\n')}\n`
}

function commandLines(binary: string, { name, options, arguments: [argument] }: CommandDefinition): string[] {
  const start = `complete -c ${binary} -n '__fish_seen_subcommand_from ${name}'`
  return [
    ...(argument?.completion === undefined ? [] : [`${start}${values(argument.completion)}`]),
    ...options.map((option) => `${start}${optionPart(option)}`),
  ]
}

function optionPart(option: OptionDefinition): string {
  const { short, long, value } = optionWords(option)
  const spelling = `${short === null ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`
  const wanted = value === null ? '' : ` -r${values(option.completion)}`
  return `${spelling}${wanted} -d ${quoted(option.description)}`
}

function values(completion: Completion | undefined): string {
  if (completion === undefined) return ''
  if (completion === 'file') return ' -F'
  if (completion === 'folder') return " -a '(__fish_complete_directories)'"
  return ` -a ${quoted(completion.join(' '))}`
}

function quoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
}
