import { readFileSync } from 'node:fs'
import type { Variable } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What was read for a variable, or why it could not be. */
export type Reading =
  | {
      readonly value: string | number | boolean | readonly string[] | null
      readonly source: 'environment' | 'file' | 'default'
    }
  | { readonly problem: string }

const TRUE = new Set(['true', '1', 'yes', 'on'])
const FALSE = new Set(['false', '0', 'no', 'off'])

/** Reads one variable; an empty text counts as not set. Secrets may stand in a file that NAME_FILE names. */
export function readVariable(variable: Variable, environment: Environment): Reading {
  const { name, kind } = variable
  const given = nonEmpty(environment[name])
  const path = kind === 'secret' ? nonEmpty(environment[`${name}_FILE`]) : null
  if (given !== null && path !== null) return { problem: `${name} and ${name}_FILE are both set; set one` }
  if (path !== null) return readSecretFile(name, path)
  const text = given ?? variable.default
  if (text === null) return { value: null, source: 'default' }
  const read = parseText(variable, text)
  return 'problem' in read ? read : { ...read, source: given === null ? 'default' : 'environment' }
}

function readSecretFile(name: string, path: string): Reading {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    return value === '' ? { problem: `${name}_FILE names ${path}, which is empty` } : { value, source: 'file' }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    return { problem: `${name}_FILE names ${path}, which cannot be read (${code})` }
  }
}

function parseText(
  variable: Variable,
  text: string,
): { value: string | number | boolean | string[] } | { problem: string } {
  const { name, kind, choices } = variable
  switch (kind) {
    case 'integer':
      return integerOf(variable, text)
    case 'boolean': {
      const word = text.toLowerCase()
      if (TRUE.has(word)) return { value: true }
      return FALSE.has(word) ? { value: false } : { problem: `${name} is ${quoted(text)}, not true or false` }
    }
    case 'list':
      return {
        value: text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      }
    case 'choice':
      return choices?.includes(text) === true
        ? { value: text }
        : { problem: `${name} is ${quoted(text)}, not one of ${choices?.join(', ')}` }
    default:
      return { value: text }
  }
}

function integerOf({ name, least = 0, most = Number.MAX_SAFE_INTEGER }: Variable, text: string) {
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
    return { problem: `${name} is ${quoted(text)}, not a whole number` }
  if (value < least || value > most) return { problem: `${name} is ${value}, not between ${least} and ${most}` }
  return { value }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}
