import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { type CredentialField, credentialFields } from './credentials/find-credentials.ts'
import { DbopsError } from './errors.ts'
import { YamlValues } from './yaml-values.ts'

/** Moments at which commands of the site are run. */
export const hookMoments = ['beforeBackup', 'afterBackup', 'afterRotation'] as const
export type HookMoment = (typeof hookMoments)[number]
export type ConfiguredHooks = Readonly<Partial<Record<HookMoment, readonly string[]>>>

/** Sources of logins whose names a site may choose. */
export const namedSources = ['variables', 'mounted', 'keyVault', 'vault', 'aws', 'exec'] as const
export type CredentialNames = Readonly<
  Partial<Record<(typeof namedSources)[number], Readonly<Partial<Record<CredentialField, string>>>>>
>

export interface ConfiguredTarget {
  readonly url: string
  readonly environment?: string
  readonly passwordFile?: string
  /** Instead of those for all targets, moment by moment. */
  readonly hooks?: ConfiguredHooks
}

/** The configuration file, all of it optional. */
export interface DbopsConfig {
  readonly environment?: string
  readonly targets?: Readonly<Record<string, ConfiguredTarget>>
  readonly hooks?: ConfiguredHooks
  /** Under which names a source holds the parts of a login, instead of the usual ones. */
  readonly credentialNames?: CredentialNames
}

const DEFAULT_NAME = 'dbops.yaml'

/**
 * Reads the configuration; `${NAME}` stands for a variable that must be set and not empty, but in hooks, where it is the shell's.
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
  const values = new YamlValues(file)
  const top = values.mapping(readYaml(text, file), '', ['environment', 'targets', 'hooks', 'credentialNames'])
  const plain = (value: unknown, place: string): string => withVariables(values.text(value, place), file, variables)
  const optional = <const Key extends string>(key: Key, value: unknown, place: string): { [key in Key]?: string } =>
    (value === undefined ? {} : { [key]: plain(value, place) }) as { [key in Key]?: string }
  const targets = Object.entries(values.mapping(top.targets, 'targets', null)).map(([name, value]) => {
    const place = `target ${name}`
    const target = values.mapping(value, place, ['url', 'environment', 'passwordFile', 'hooks'])
    if (typeof target.url !== 'string') throw new DbopsError('CONFIG_INVALID', `${file}: target ${name} has no url`)
    const found: ConfiguredTarget = {
      url: plain(target.url, `${place}.url`),
      ...optional('environment', target.environment, `${place}.environment`),
      ...optional('passwordFile', target.passwordFile, `${place}.passwordFile`),
      hooks: hooksOf(values, target.hooks, `${place}.hooks`),
    }
    return [name, found] as const
  })
  return {
    ...optional('environment', top.environment, 'environment'),
    targets: Object.fromEntries(targets),
    hooks: hooksOf(values, top.hooks, 'hooks'),
    credentialNames: namesOf(values, top.credentialNames),
  }
}

function hooksOf(values: YamlValues, value: unknown, place: string): ConfiguredHooks {
  const hooks = values.mapping(value, place, hookMoments)
  return Object.fromEntries(
    Object.entries(hooks).map(([moment, list]) => {
      const at = `${place}.${moment}`
      return [moment, values.list(list, at).map((line, index) => values.text(line, `${at}[${index}]`))]
    }),
  )
}

function namesOf(values: YamlValues, value: unknown): CredentialNames {
  const sources = values.mapping(value, 'credentialNames', namedSources)
  return Object.fromEntries(
    Object.entries(sources).map(([source, names]) => {
      const place = `credentialNames.${source}`
      const fields = Object.entries(values.mapping(names, place, credentialFields))
      return [
        source,
        Object.fromEntries(fields.map(([field, name]) => [field, values.text(name, `${place}.${field}`)])),
      ]
    }),
  )
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
