import type { OptionDefinition } from './command.ts'

/** The parts of an option's flags: `-o, --output <base>` gives short `-o`, long `--output`, value `base`, attribute `output`. */
export interface OptionWords {
  readonly short: string | null
  readonly long: string
  readonly value: string | null
  /** Name of the option's value; `--no-report` sets `report` to false. */
  readonly attribute: string
  readonly isNegated: boolean
}

export function optionWords({ flags }: OptionDefinition): OptionWords {
  const long = /--[a-z0-9-]+/.exec(flags)?.[0] ?? ''
  return {
    short: /(?:^|\s)(-[A-Za-z])\b/.exec(flags)?.[1] ?? null,
    long,
    value: /<([^>]+)>/.exec(flags)?.[1] ?? null,
    attribute: long.replace(/^--(no-)?/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    isNegated: long.startsWith('--no-'),
  }
}

/** All spellings of an option, the short one first. */
export function spellingsOf(option: OptionDefinition): string[] {
  const { short, long } = optionWords(option)
  return short === null ? [long] : [short, long]
}
