import { DbopsError } from '../errors.ts'
import type { FoundCredentials } from './find-credentials.ts'

/** The forms in which libraries want a login. */
export const credentialFormats = [
  'dict',
  'url',
  'dsn',
  'sqlalchemy',
  'asyncpg',
  'jdbc',
  'npgsql',
  'node-postgres',
  'json',
  'env',
  'passfile',
  'kubernetes',
] as const
export type CredentialFormat = (typeof credentialFormats)[number]

/** Prints a login in a form; the password as three stars unless it is revealed. */
export function formatCredentials(
  credentials: FoundCredentials,
  format: CredentialFormat,
  isRevealed: boolean,
): string {
  const { host, port, database, user } = credentials
  const password = isRevealed ? credentials.password.reveal() : '***'
  const inUrl = isRevealed ? encodeURIComponent(password) : password
  const place = `${encodeURIComponent(user)}:${inUrl}@${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`
  switch (format) {
    case 'url':
      return `postgresql://${place}`
    case 'sqlalchemy':
      return `postgresql+psycopg://${place}`
    case 'asyncpg':
      return `postgresql+asyncpg://${place}`
    case 'dsn':
      return Object.entries({ host, port, dbname: database, user, password })
        .map(([key, value]) => `${key}=${dsnValue(String(value))}`)
        .join(' ')
    case 'jdbc':
      return `jdbc:postgresql://${host}:${port}/${encodeURIComponent(database)}?user=${encodeURIComponent(user)}&password=${inUrl}`
    case 'npgsql':
      return Object.entries({ Host: host, Port: port, Database: database, Username: user, Password: password })
        .map(([key, value]) => `${key}=${npgsqlValue(String(value))}`)
        .join(';')
    case 'env':
      return Object.entries({ PGHOST: host, PGPORT: port, PGDATABASE: database, PGUSER: user, PGPASSWORD: password })
        .map(([key, value]) => `export ${key}=${shellValue(String(value))}`)
        .join('\n')
    case 'passfile':
      return [host, String(port), database, user, password].map((field) => field.replace(/[\\:]/g, '\\$&')).join(':')
    case 'kubernetes':
      return kubernetesSecret({ host, port: String(port), database, user, password }, isRevealed)
    case 'node-postgres':
      return JSON.stringify({ host, port, database, user, password })
    case 'dict':
    case 'json':
      return JSON.stringify(
        {
          type: 'postgresql',
          host,
          port,
          database,
          user,
          password,
          driver: 'pg',
          connection_string: `postgresql://${place}`,
        },
        null,
        format === 'json' ? 2 : 0,
      )
  }
}

function dsnValue(value: string): string {
  return /^[\w.*-]+$/.test(value) ? value : `'${value.replace(/['\\]/g, '\\$&')}'`
}

function npgsqlValue(value: string): string {
  return /[;='"\s]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** Safe in any POSIX shell, whatever the value holds. */
function shellValue(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

function kubernetesSecret(fields: Readonly<Record<string, string>>, isRevealed: boolean): string {
  const data = Object.entries(fields).map(
    ([key, value]) => `  ${key}: ${isRevealed || key !== 'password' ? Buffer.from(value).toString('base64') : '***'}`,
  )
  return ['apiVersion: v1', 'kind: Secret', 'metadata:', '  name: database', 'type: Opaque', 'data:', ...data].join(
    '\n',
  )
}

/** @throws {DbopsError} USAGE */
export function readCredentialFormat(text: string): CredentialFormat {
  const found = credentialFormats.find((one) => one === text)
  if (found !== undefined) return found
  throw new DbopsError('USAGE', `form "${text}" is unknown`, { hint: `one of ${credentialFormats.join(', ')}` })
}
