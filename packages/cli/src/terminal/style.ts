import picocolors from 'picocolors'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'

export type Style = ReturnType<typeof picocolors.createColors>

/** Colours for standard output, or functions that change nothing: options first, then NO_COLOR and FORCE_COLOR, then the terminal. */
export function newStyle(context: CommandContext, options: OptionValues): Style {
  return picocolors.createColors(isColored(context, options))
}

function isColored(context: CommandContext, options: OptionValues): boolean {
  if (typeof options.color === 'boolean') return options.color
  const { NO_COLOR, FORCE_COLOR, TERM } = context.environment
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return context.stdoutIsTerminal && TERM !== 'dumb'
}
