import { CommandError } from '../errors.ts'

/** The languages of the narrative. */
export const languageWords = ['en', 'fr']

/** Reads a whole number that is at least 1. @throws {CommandError} USAGE. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new CommandError('USAGE', 'expected a whole number of 1 or more')
  }
  return value
}

/** Reads a duration in seconds, above 0; `0.5`, `2`, `1e-3`. @throws {CommandError} USAGE. */
export function positiveSeconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new CommandError('USAGE', 'expected a number of seconds above 0, such as 0.5')
  }
  return value
}

/** Makes a reader of one of some words. */
export function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (!words.includes(text)) throw new CommandError('USAGE', `expected one of ${words.join(', ')}`)
    return text
  }
}

/** Makes a reader of some of these words with commas between them, each once. */
export function listOf(words: readonly string[]): (text: string) => readonly string[] {
  return (text) => {
    const named = text.split(',').map((word) => word.trim())
    if (named.some((word) => !words.includes(word))) {
      throw new CommandError('USAGE', `expected some of ${words.join(', ')}, with commas between them`)
    }
    return [...new Set(named)]
  }
}
