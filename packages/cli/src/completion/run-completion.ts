import type { CommandDefinition } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

/** Prints the completion script of a shell. */
export async function runCompletion(context: CommandContext, [shell]: readonly string[]): Promise<ExitCode> {
  context.stdout.write(scriptOf(shell, context.commands))
  return EXIT_FINE
}

function scriptOf(shell: string, commands: readonly CommandDefinition[]): string {
  switch (shell) {
    case 'bash':
      return bashCompletion(commands)
    case 'zsh':
      return zshCompletion(commands)
    case 'fish':
      return fishCompletion(commands)
    default:
      throw new CommandError('USAGE', `no completion for the shell ${shell}`, { hint: 'one of bash, zsh, fish' })
  }
}
