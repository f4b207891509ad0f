import { existsSync } from 'node:fs'
import { connectionWords } from '../connection/url.ts'
import type { Environment } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { readSecretFile } from './secret-file.ts'

/** What a login needs, each with where it came from. */
export interface FoundCredentials {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: Secret
  readonly sources: Readonly<Record<CredentialField, string>>
}

export const credentialFields = ['host', 'port', 'database', 'user', 'password'] as const
export type CredentialField = (typeof credentialFields)[number]

/** Names of variables for each field, the usual ones of our guides and of libpq; `_FILE` after a name reads a file. */
const variableNames: Readonly<Record<CredentialField, readonly string[]>> = {
  host: ['PG_HOST', 'PGHOST', 'DB_HOST', 'DATABASE_HOST', 'APP_DATABASE__HOST', 'POSTGRES_HOST'],
  port: ['PG_PORT', 'PGPORT', 'DB_PORT', 'DATABASE_PORT', 'APP_DATABASE__PORT', 'POSTGRES_PORT'],
  database: ['PG_DATABASE', 'PGDATABASE', 'DB_NAME', 'DATABASE_NAME', 'APP_DATABASE__DATABASE', 'POSTGRES_DB'],
  user: ['PG_USER', 'PGUSER', 'DB_USER', 'DATABASE_USER', 'APP_DATABASE__USER', 'POSTGRES_USER'],
  password: [
    'PG_PASSWORD',
    'PGPASSWORD',
    'DB_PASSWORD',
    'DATABASE_PASSWORD',
    'APP_DATABASE__PASSWORD',
    'DB_APP_PASSWORD',
    'POSTGRES_PASSWORD',
  ],
}
const mountedNames: Readonly<Record<CredentialField, readonly string[]>> = {
  host: ['db-host', 'db_host'],
  port: ['db-port', 'db_port'],
  database: ['db-name', 'db_name'],
  user: ['db-user', 'db_user'],
  password: ['db-password', 'db_password'],
}

/** Names that a site gives its variables and mounted files instead of the usual ones. */
export interface OwnNames {
  readonly variables?: Readonly<Partial<Record<CredentialField, string>>>
  readonly mounted?: Readonly<Partial<Record<CredentialField, string>>>
}

export interface FindOptions {
  readonly names?: OwnNames
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly environment: Environment
  /** Folder of mounted secrets; /run/secrets. */
  readonly mountedFolder?: string
  readonly onWarning?: (text: string) => void
  /** Source that wins when two disagree, as its name begins. */
  readonly prefer?: string | null
}

export type ListOptions = Pick<FindOptions, 'variables' | 'mountedFolder' | 'names'>

interface Candidate {
  readonly value: string
  readonly source: string
}

/**
 * Finds a complete login in variables, files and a URL. Two sources that say different things are an error, not a matter of order.
 * @throws {DbopsError} SECRET_CONFLICT naming both, SECRET_MISSING naming every field that is missing
 */
export function findCredentials(options: FindOptions): FoundCredentials {
  const fromUrl = urlFields(options.variables)
  const found: Partial<Record<CredentialField, Candidate>> = {}
  for (const field of credentialFields) {
    const candidates = [
      ...candidatesOf(field, options),
      ...(fromUrl[field] === undefined ? [] : [{ value: fromUrl[field], source: 'DATABASE_URL' }]),
    ]
    const chosen = oneOf(field, candidates, options.prefer ?? null)
    if (chosen !== null) found[field] = chosen
  }
  found.port ??= { value: '5432', source: 'default' }
  const missing = credentialFields.filter((field) => found[field] === undefined)
  if (missing.length > 0)
    throw new DbopsError('SECRET_MISSING', `no source has ${missing.join(', ')}`, {
      hint: `set ${missing
        .map((field) => variablesOf(field, options.names)[0])
        .map((name) => `${name} or ${name}_FILE`)
        .join(', ')}`,
    })
  const value = (field: CredentialField): string => (found[field] as Candidate).value
  const port = Number(value('port'))
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new DbopsError('SECRET_INVALID', `${found.port.source}: "${value('port')}" is no port`)
  const sources = Object.fromEntries(
    credentialFields.map((field) => [field, (found[field] as Candidate).source]),
  ) as Record<CredentialField, string>
  return {
    host: value('host'),
    port,
    database: value('database'),
    user: value('user'),
    password: new Secret(value('password')),
    sources,
  }
}

/** Where each field could come from, in words; no value is looked at, and no file opened. */
export function listSources({
  variables,
  mountedFolder = '/run/secrets',
  names,
}: ListOptions): Record<CredentialField, string[]> {
  const inUrl = urlFields(variables)
  const sourcesOf = (field: CredentialField): string[] => [
    ...variablesOf(field, names).flatMap((name) => [
      ...(variables[name] === undefined ? [] : [variables[name] === '' ? `${name} (empty)` : name]),
      ...(variables[`${name}_FILE`] ? [`${name}_FILE`] : []),
    ]),
    ...mountedOf(field, names)
      .map((name) => `${mountedFolder}/${name}`)
      .filter((path) => existsSync(path)),
    ...(inUrl[field] === undefined ? [] : ['DATABASE_URL']),
  ]
  return Object.fromEntries(credentialFields.map((field) => [field, sourcesOf(field)])) as Record<
    CredentialField,
    string[]
  >
}

function variablesOf(field: CredentialField, names: OwnNames = {}): readonly string[] {
  const own = names.variables?.[field]
  return own === undefined ? variableNames[field] : [own]
}

function mountedOf(field: CredentialField, names: OwnNames = {}): readonly string[] {
  const own = names.mounted?.[field]
  return own === undefined ? mountedNames[field] : [own]
}

function candidatesOf(
  field: CredentialField,
  { variables, environment, mountedFolder = '/run/secrets', onWarning = () => {}, names }: FindOptions,
): Candidate[] {
  const candidates: Candidate[] = []
  const fromFile = (path: string, source: string): void => {
    candidates.push({ value: readSecretFile({ path, environment, onWarning }).reveal(), source })
  }
  for (const name of variablesOf(field, names)) {
    const value = variables[name]
    if (value === '') throw new DbopsError('SECRET_MISSING', `variable ${name} is set and empty`)
    if (value !== undefined) candidates.push({ value, source: name })
    const path = variables[`${name}_FILE`]
    if (path) fromFile(path, `${name}_FILE`)
  }
  for (const name of mountedOf(field, names)) {
    const path = `${mountedFolder}/${name}`
    if (existsSync(path)) fromFile(path, path)
  }
  return candidates
}

function oneOf(field: CredentialField, candidates: readonly Candidate[], prefer: string | null): Candidate | null {
  if (candidates.length === 0) return null
  const preferred = prefer === null ? undefined : candidates.find(({ source }) => source.startsWith(prefer))
  if (preferred !== undefined) return preferred
  const other = candidates.find(({ value }) => value !== candidates[0].value)
  if (other !== undefined)
    throw new DbopsError('SECRET_CONFLICT', `${candidates[0].source} and ${other.source} disagree about the ${field}`, {
      hint: 'take one of them away, or say which with --prefer',
    })
  return candidates[0]
}

function urlFields({
  DATABASE_URL: url,
}: Readonly<Record<string, string | undefined>>): Partial<Record<CredentialField, string>> {
  if (!url) return {}
  const { host, port, dbname, user, password } = connectionWords(url.replace(/^postgres(ql)?\+\w+:/, 'postgresql:'))
  return Object.fromEntries(
    Object.entries({ host, port, database: dbname, user, password }).filter(([, value]) => value !== undefined),
  )
}
