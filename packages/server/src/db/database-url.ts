import { ServiceError } from '../errors.ts'

/** Where the service keeps its rows. */
export type DatabaseTarget =
  | { readonly dialect: 'sqlite' /** Path of the file, or `:memory:`. */; readonly path: string }
  | { readonly dialect: 'postgres' /** A URL that libpq would read. */; readonly url: string }

const SQLITE = 'sqlite:///'
const POSTGRES = /^(?:postgres|postgresql)(?:\+\w+)?:\/\//

/**
 * Reads `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://…`. Passwords may hold any character, also those that a URL
 * would have to escape: the login ends at the last `@`, the user at its first `:`.
 * @throws {ServiceError} CONFIGURATION_INVALID; the message never holds the URL.
 */
export function parseDatabaseUrl(url: string): DatabaseTarget {
  if (url === 'sqlite://' || url === 'sqlite:///:memory:') return { dialect: 'sqlite', path: ':memory:' }
  if (url.startsWith(SQLITE)) {
    const path = url.slice(SQLITE.length)
    if (path === '') throw invalid('names no file behind sqlite:///')
    return { dialect: 'sqlite', path }
  }
  if (POSTGRES.test(url)) return { dialect: 'postgres', url: withEscapedLogin(url.replace(POSTGRES, 'postgresql://')) }
  throw invalid('is neither sqlite:///PATH nor postgresql://USER:PASSWORD@HOST:PORT/DATABASE')
}

/** Name of the login in a PostgreSQL URL; null for SQLite or where the URL names none. */
export function postgresLogin(url: string): string | null {
  const target = parseDatabaseUrl(url)
  if (target.dialect === 'sqlite') return null
  return decodeURIComponent(new URL(target.url).username) || null
}

/** The URL without its password, to be shown. */
export function maskedDatabaseUrl(url: string): string {
  const target = parseDatabaseUrl(url)
  if (target.dialect === 'sqlite') return url
  const parsed = new URL(target.url)
  if (parsed.password !== '') parsed.password = '***'
  return parsed.href
}

function withEscapedLogin(url: string): string {
  const rest = url.slice('postgresql://'.length)
  const at = rest.lastIndexOf('@')
  if (at < 0) return url
  const login = rest.slice(0, at)
  const colon = login.indexOf(':')
  const user = colon < 0 ? login : login.slice(0, colon)
  const password = colon < 0 ? null : login.slice(colon + 1)
  const place = rest.slice(at + 1)
  return `postgresql://${escaped(user)}${password === null ? '' : `:${escaped(password)}`}@${place}`
}

/** Escapes what is not escaped yet: a text that decodes is taken as escaped. */
function escaped(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text))
  } catch {
    return encodeURIComponent(text)
  }
}

function invalid(what: string): ServiceError {
  return new ServiceError('CONFIGURATION_INVALID', `DATABASE_URL ${what}`)
}
