import type { Secret } from '../secret.ts'
import { type ConnectionParameters, isSocketDirectory } from './parameters.ts'
import { variableOf } from './url.ts'

/** How a URL shows the password: as three stars, not at all, or as it is. */
export type PasswordForm = 'masked' | 'omitted' | 'revealed'

/** The parameters as a URL that {@link parseConnection} reads back to the same. */
export function formatUrl(parameters: ConnectionParameters, passwordForm: PasswordForm = 'masked'): string {
  const { password } = parameters
  const shown = password === null || passwordForm === 'omitted' ? '' : `:${shownPassword(password, passwordForm)}`
  const places = parameters.hosts.map(({ host, port }) => `${hostInUrl(host)}:${port}`).join(',')
  const query = queryOf(parameters)
  const login = `${encodeURIComponent(parameters.user)}${shown}`
  return `postgresql://${login}@${places}/${encodeURIComponent(parameters.database)}${query === '' ? '' : `?${query}`}`
}

function shownPassword(password: Secret, form: PasswordForm): string {
  return form === 'revealed' ? encodeURIComponent(password.reveal()) : '***'
}

function hostInUrl(host: string): string {
  if (isSocketDirectory(host)) return encodeURIComponent(host)
  return host.includes(':') ? `[${encodeURIComponent(host).replaceAll('%3A', ':')}]` : encodeURIComponent(host)
}

/** Only what differs from libpq's defaults. */
function queryOf(parameters: ConnectionParameters): string {
  const words = libpqWords(parameters)
  const defaults: Record<string, string> = {
    sslmode: 'prefer',
    ssl_min_protocol_version: 'TLSv1.2',
    channel_binding: 'prefer',
    target_session_attrs: 'any',
    application_name: 'dbops',
    connect_timeout: '10',
  }
  return Object.entries(words)
    .filter(([key, value]) => defaults[key] !== value)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&')
}

/** What is not host, port, user, password or database, under libpq's keywords; null values left out. */
export function libpqWords(parameters: ConnectionParameters): Record<string, string> {
  const words: Record<string, string | null> = {
    sslmode: parameters.sslMode,
    sslrootcert: parameters.sslRootCert,
    sslcert: parameters.sslCert,
    sslkey: parameters.sslKey,
    sslcrl: parameters.sslCrl,
    ssl_min_protocol_version: parameters.sslMinProtocol,
    channel_binding: parameters.channelBinding,
    target_session_attrs: parameters.targetSessionAttributes,
    options: parameters.options,
    application_name: parameters.applicationName,
    connect_timeout: String(parameters.connectTimeoutSeconds),
  }
  return Object.fromEntries(Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== null))
}

/** The variables of libpq for a child process: everything but the password. */
export function libpqEnvironment(parameters: ConnectionParameters): Record<string, string> {
  const environment: Record<string, string> = {
    PGHOST: parameters.hosts.map(({ host }) => host).join(','),
    PGPORT: parameters.hosts.map(({ port }) => String(port)).join(','),
    PGUSER: parameters.user,
    PGDATABASE: parameters.database,
  }
  for (const [key, value] of Object.entries(libpqWords(parameters))) {
    const variable = variableOf[key]
    if (variable !== null) environment[variable] = value
  }
  return environment
}
