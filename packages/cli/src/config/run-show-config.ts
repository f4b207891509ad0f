import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { safeText } from '../terminal/safe-text.ts'
import { configKeys } from './config-keys.ts'
import { loadSettings } from './load-settings.ts'

/** Prints the settings in effect as YAML, with the origin of each as a comment. */
export async function runShowConfig(
  context: CommandContext,
  _args: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const { values, origins } = await loadSettings(options.config as string | undefined)
  const lines: { text: string; origin: string }[] = []
  let openGroup = ''
  for (const key of configKeys) {
    const [group, name] = key.path.includes('.') ? key.path.split('.') : ['', key.path]
    if (group !== openGroup && group !== '') lines.push({ text: `${group}:`, origin: '' })
    openGroup = group
    const value = JSON.stringify(key.get(values)) // JSON is YAML
    lines.push({ text: `${group === '' ? '' : '  '}${name}: ${value}`, origin: origins.get(key.path) ?? 'default' })
  }
  const width = Math.max(...lines.map(({ text }) => text.length))
  for (const { text, origin } of lines) {
    context.stdout.write(`${origin === '' ? text : `${text.padEnd(width)}  # ${safeText(origin)}`}\n`)
  }
  return EXIT_FINE
}
