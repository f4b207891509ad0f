import type { CommandDefinition, OptionDefinition } from './commands/command.ts'
import { optionWords } from './commands/option-words.ts'
import { CommandError } from './errors.ts'

/** A command with what it is called with. */
export interface Call {
  readonly definition: CommandDefinition
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Reads arguments that are plainly right; null for everything else (help, mistakes, `--`, short options in one word), which is left to
 * commander. Loading commander costs 14 ms of CPU, a sixth of a small analysis, and most calls do without. A test holds both to the
 * same result.
 */
export function readPlainArguments(commands: readonly CommandDefinition[], words: readonly string[]): Call | null {
  const definition = commands.find(({ name }) => name === words[0])
  if (definition === undefined) return null
  const args: string[] = []
  const options: Record<string, unknown> = {}
  for (let i = 1; i < words.length; i++) {
    const word = words[i]
    // a step back is a number, not an option
    if (word === '-' || /^-\d+$/.test(word) || !word.startsWith('-')) {
      args.push(word)
      continue
    }
    const [spelling, ...attached] = word.startsWith('--') ? splitAtEquals(word) : [word]
    const option = definition.options.find((candidate) => isSpelledSo(candidate, spelling))
    if (option === undefined) return null
    const { value, attribute, isNegated } = optionWords(option)
    if (value === null) {
      if (attached.length > 0) return null
      options[attribute] = !isNegated
      continue
    }
    const text = attached[0] ?? words[++i]
    if (text === undefined || (attached.length === 0 && text.startsWith('-') && text !== '-')) return null
    const result = parsed(option, text)
    if (result === null) return null
    options[attribute] = result.value
  }
  return hasRightNumber(definition, args) ? { definition, args, options } : null
}

function splitAtEquals(word: string): string[] {
  const at = word.indexOf('=')
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}

function isSpelledSo(option: OptionDefinition, spelling: string): boolean {
  const { short, long } = optionWords(option)
  return spelling === long || spelling === short
}

/** Null when the value is wrong. */
function parsed({ parse }: OptionDefinition, text: string): { value: unknown } | null {
  if (parse === undefined) return { value: text }
  try {
    return { value: parse(text) }
  } catch (error) {
    if (error instanceof CommandError) return null // commander reads it again and says so
    throw error
  }
}

function hasRightNumber(definition: CommandDefinition, args: readonly string[]): boolean {
  const most = definition.arguments.some(({ isVariadic }) => isVariadic) ? args.length : definition.arguments.length
  const least = definition.arguments.filter(({ isOptional }) => isOptional !== true).length
  return args.length >= least && args.length <= most
}
