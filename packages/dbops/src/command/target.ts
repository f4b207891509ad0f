import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { completeParameters, connectionWords } from '../connection/url.ts'
import { passFilePassword } from '../credentials/pass-file.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { type Environment, requireProductionTls } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'
import { sectionOf } from './ini-section.ts'

/** The options that say where the server is. */
export interface TargetOptions {
  readonly url: string | null
  readonly service: string | null
  /** URL of the named target of the configuration file. */
  readonly configured: string | null
  readonly passwordFile: string | null
  readonly environment: Environment
  readonly isTlsWaived: boolean
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly onWarning: (text: string) => void
}

/**
 * The one place where a target is read: `--url`, `--service`, `--target`, else DATABASE_URL, else the PG… variables. `--url env:NAME`
 * takes the URL from a variable, so that no password stands in the arguments.
 * @throws {DbopsError} USAGE, REFUSED
 */
export function readTarget(options: TargetOptions): ConnectionParameters {
  const { environment, isTlsWaived, passwordFile, onWarning, variables } = options
  const words = targetWords(options)
  const parameters = completeParameters(words, variables)
  requireProductionTls(environment, parameters, isTlsWaived)
  if (passwordFile !== null)
    return { ...parameters, password: readSecretFile({ path: passwordFile, environment, onWarning }) }
  if (parameters.password !== null) return parameters
  return { ...parameters, password: passFilePassword(parameters, variables.PGPASSFILE || undefined) }
}

function targetWords(options: TargetOptions): Readonly<Record<string, string>> {
  const { url, service, configured, variables } = options
  if (url !== null) return urlWords(url, options)
  if (service !== null) return serviceWords(service, variables)
  if (configured !== null) return connectionWords(configured)
  const { DATABASE_URL: databaseUrl, PGSERVICE: pgService } = variables
  if (databaseUrl) return connectionWords(databaseUrl)
  if (pgService) return serviceWords(pgService, variables)
  if (variables.PGHOST || variables.PGDATABASE || variables.PGUSER) return {}
  throw new DbopsError('USAGE', 'no server is named', {
    hint: 'give --url postgresql://user@host/database, --service, --target, or set DATABASE_URL or PGHOST',
  })
}

function urlWords(url: string, { environment, variables, onWarning }: TargetOptions): Readonly<Record<string, string>> {
  if (url.startsWith('env:')) {
    const name = url.slice('env:'.length)
    const value = variables[name]
    if (!value) throw new DbopsError('USAGE', `variable ${name}, which --url names, is not set`)
    return connectionWords(value)
  }
  const words = connectionWords(url)
  if (words.password === undefined) return words
  const advice =
    'every user of this machine can read the arguments of a process; use --password-file, a password file or --url env:DATABASE_URL'
  if (environment === 'production') throw new DbopsError('REFUSED', 'a password stands in --url', { hint: advice })
  onWarning(`a password stands in --url: ${advice}`)
  return words
}

/** Section of a service file: PGSERVICEFILE, ~/.pg_service.conf, then PGSYSCONFDIR (libpq §34.17). */
function serviceWords(service: string, variables: TargetOptions['variables']): Readonly<Record<string, string>> {
  const paths = [
    variables.PGSERVICEFILE || join(findHome(variables.HOME) ?? '/', '.pg_service.conf'),
    join(variables.PGSYSCONFDIR || '/etc/postgresql-common', 'pg_service.conf'),
  ]
  for (const path of paths.filter((one) => existsSync(one))) {
    const words = sectionOf(readFileSync(path, 'utf8'), service)
    if (words !== null) return words
  }
  throw new DbopsError('USAGE', `service "${service}" stands in none of ${paths.join(', ')}`)
}
