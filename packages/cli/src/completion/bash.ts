import type { CommandDefinition, Completion } from '../commands/command.ts'
import { optionWords, spellingsOf } from '../commands/option-words.ts'
import { binaryNames } from './binary-names.ts'

/** A completion script for bash 4 or newer that needs no other package. */
export function bashCompletion(commands: readonly CommandDefinition[]): string {
  return `# bash completion of pcap-analyzer; source <(pcap-analyzer completion bash)
_pcap_analyzer() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} help --help --version" -- "$current"))
    return
  fi
  case "$command" in
${commands.map(commandCase).join('\n')}
    help) COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current")) ;;
  esac
}
${binaryNames.map((name) => `complete -o filenames -F _pcap_analyzer ${name}`).join('\n')}
`
}

function commandCase({ name, options, arguments: [argument] }: CommandDefinition): string {
  const valued = options.filter((option) => optionWords(option).value !== null)
  const values = valued.map(
    (option) => `        ${spellingsOf(option).join('|')}) ${reply(option.completion)}; return ;;`,
  )
  const words = [...options.flatMap(spellingsOf), '--help'].join(' ')
  return [
    `    ${name})`,
    ...(values.length === 0 ? [] : ['      case "$previous" in', ...values, '      esac']),
    `      if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "${words}" -- "$current")); return; fi`,
    `      ${reply(argument?.completion)} ;;`,
  ].join('\n')
}

function reply(completion: Completion | undefined): string {
  if (completion === undefined) return ':'
  if (completion === 'file') return 'mapfile -t COMPREPLY < <(compgen -f -- "$current")'
  if (completion === 'folder') return 'mapfile -t COMPREPLY < <(compgen -d -- "$current")'
  return `COMPREPLY=($(compgen -W "${completion.join(' ')}" -- "$current"))`
}
