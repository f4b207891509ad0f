import type { CommandDefinition, Completion, OptionDefinition } from '../commands/command.ts'
import { optionWords } from '../commands/option-words.ts'
import { binaryNames } from './binary-names.ts'

/** A completion script for zsh, to be sourced or put into a folder of $fpath as _pcap-analyzer. */
export function zshCompletion(commands: readonly CommandDefinition[]): string {
  return `#compdef ${binaryNames.join(' ')}
# zsh completion of pcap-analyzer; source <(pcap-analyzer completion zsh)
_pcap_analyzer() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}
compdef _pcap_analyzer ${binaryNames.join(' ')}
`
}

function commandCase({ name, options, arguments: [argument] }: CommandDefinition): string {
  const specs = options.map(optionSpec)
  if (argument !== undefined) {
    specs.push(quoted(`${argument.isVariadic === true ? '*' : '1'}:${argument.name}:${action(argument.completion)}`))
  }
  return `    ${name}) _arguments -s ${[...specs, quoted('--help[print this help]')].join(' ')} ;;`
}

function optionSpec(option: OptionDefinition): string {
  const { short, long, value } = optionWords(option)
  const about = `[${option.description.replace(/[[\]:]/g, (character) => `\\${character}`)}]`
  const rest = `${about}${value === null ? '' : `:${value}:${action(option.completion)}`}`
  const of = (word: string) => quoted(`${short === null ? '' : `(${short} ${long})`}${word}${rest}`)
  return short === null ? of(long) : `${of(short)} ${of(long)}`
}

function action(completion: Completion | undefined): string {
  if (completion === undefined) return ' '
  if (completion === 'file') return '_files'
  if (completion === 'folder') return '_files -/'
  return `(${completion.join(' ')})`
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`
}
