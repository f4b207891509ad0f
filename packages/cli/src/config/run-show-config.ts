import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { safeText } from '../terminal/safe-text.ts'
import { configKeys } from './config-keys.ts'
import { loadSettings } from './load-settings.ts'

const INDENT = '  '

/** Prints the settings in effect as YAML, with the origin of each as a comment. */
export async function runShowConfig(
  context: CommandContext,
  _args: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const { values, origins } = await loadSettings(options.config as string | undefined)
  const lines: { text: string; origin: string }[] = []
  let open: readonly string[] = []
  for (const key of configKeys) {
    const groups = key.path.split('.')
    const name = groups.pop() ?? ''
    const isSame = groups.map((_, depth) => groups.slice(0, depth + 1).join() === open.slice(0, depth + 1).join())
    for (const [depth, group] of groups.entries()) {
      if (!isSame[depth]) lines.push({ text: `${INDENT.repeat(depth)}${group}:`, origin: '' })
    }
    open = groups
    const value = JSON.stringify(key.get(values)) // JSON is YAML
    lines.push({
      text: `${INDENT.repeat(groups.length)}${name}: ${value}`,
      origin: origins.get(key.path) ?? 'default',
    })
  }
  const width = Math.max(...lines.map(({ text }) => text.length))
  for (const { text, origin } of lines) {
    context.stdout.write(`${origin === '' ? text : `${text.padEnd(width)}  # ${safeText(origin)}`}\n`)
  }
  return EXIT_FINE
}
