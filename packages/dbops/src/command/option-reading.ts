import type { HookMoment } from '../config.ts'
import { DbopsError } from '../errors.ts'
import { type Call, listOption, textOption } from './command.ts'

/** @throws {DbopsError} USAGE when it was not given */
export function requiredOption(call: Call, name: string, flag: string): string {
  const value = textOption(call, name)
  if (value === null) throw new DbopsError('USAGE', `${flag} is missing`)
  return value
}

/** A whole number within bounds. @throws {DbopsError} USAGE */
export function numberOption(call: Call, name: string, fallback: number, least = 0, most = 1e9): number {
  const text = textOption(call, name)
  if (text === null) return fallback
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new DbopsError('USAGE', `--${dashed(name)} "${text}" is not a number between ${least} and ${most}`)
}

/** Commands that were given, else those of the configuration. @throws {DbopsError} REFUSED */
export function hookOption(call: Call, name: string, moment: HookMoment): readonly string[] {
  const given = listOption(call, name)
  return given.length > 0 ? given : call.hooks(moment)
}

/** One of a few words. @throws {DbopsError} USAGE */
export function choiceOption<const Value extends string>(
  call: Call,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  return optionalChoice(call, name, values) ?? fallback
}

/** One of a few words, or null when it was not given. @throws {DbopsError} USAGE */
export function optionalChoice<const Value extends string>(
  call: Call,
  name: string,
  values: readonly Value[],
): Value | null {
  const text = textOption(call, name)
  if (text === null) return null
  const found = values.find((value) => value === text)
  if (found !== undefined) return found
  throw new DbopsError('USAGE', `--${dashed(name)} "${text}" is unknown`, { hint: `one of ${values.join(', ')}` })
}

/** The IANA zone of `--timezone`, or null when it was not given. @throws {DbopsError} USAGE */
export function zoneOption(call: Call): string | null {
  const name = textOption(call, 'timezone')
  if (name === null || isZone(name)) return name
  throw new DbopsError('USAGE', `--timezone "${name}" is unknown`, { hint: 'such as UTC or Europe/Berlin' })
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[\w/+-]+$/.test(name)
  } catch {
    return false
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
