import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { DbopsError } from './errors.ts'

/** The configuration file, all of it optional. */
export interface DbopsConfig {
  readonly environment?: string
  readonly targets?: Readonly<
    Record<string, { readonly url: string; readonly environment?: string; readonly passwordFile?: string }>
  >
}

const DEFAULT_NAME = 'dbops.yaml'
const known: Readonly<Record<string, readonly string[]>> = {
  '': ['environment', 'targets'],
  'targets.*': ['url', 'environment', 'passwordFile'],
}

/**
 * Reads the configuration; `${NAME}` stands for a variable that must be set and not empty.
 * @throws {DbopsError} CONFIG_INVALID with file and line for syntax, unknown keys and unset variables
 */
export function readConfig(
  path: string | null,
  workingFolder: string,
  variables: Readonly<Record<string, string | undefined>>,
): DbopsConfig {
  const file = path ?? join(workingFolder, DEFAULT_NAME)
  if (path === null && !existsSync(file)) return {}
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DbopsError(
      'CONFIG_INVALID',
      `configuration ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
  const config = readYaml(text, file)
  checkKeys(config, '', file)
  for (const [name, target] of Object.entries((config.targets ?? {}) as Record<string, unknown>)) {
    checkKeys(target, 'targets.*', `${file}, target ${name}`)
    if (typeof (target as { url?: unknown }).url !== 'string')
      throw new DbopsError('CONFIG_INVALID', `${file}: target ${name} has no url`)
  }
  return substituted(config, file, variables) as DbopsConfig
}

/** One YAML document that is a mapping. @throws {DbopsError} CONFIG_INVALID with the line */
export function readYaml(text: string, file: string): Record<string, unknown> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined)
    throw new DbopsError('CONFIG_INVALID', `${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  const value: unknown = document.toJS() ?? {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DbopsError('CONFIG_INVALID', `${file} holds no mapping`)
  return value as Record<string, unknown>
}

function checkKeys(value: unknown, place: string, file: string): void {
  const allowed = known[place]
  for (const key of Object.keys((value ?? {}) as object)) {
    if (!allowed.includes(key))
      throw new DbopsError('CONFIG_INVALID', `${file}: key "${key}" is unknown`, {
        hint: `known are ${allowed.join(', ')}`,
      })
  }
}

/** A text with the values of variables for `${NAME}`. @throws {DbopsError} CONFIG_INVALID for one that is not set or empty */
export function withVariables(
  text: string,
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const found = variables[name]
    if (found !== undefined && found !== '') return found
    throw new DbopsError('CONFIG_INVALID', `${file}: variable ${name} is not set or empty`, {
      hint: 'an empty value is never put in its place',
    })
  })
}

function substituted(value: unknown, file: string, variables: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string') return withVariables(value, file, variables)
  if (Array.isArray(value)) return value.map((one) => substituted(one, file, variables))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, substituted(one, file, variables)]))
}
