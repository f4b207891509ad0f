import { userInfo } from 'node:os'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import {
  type ConnectionParameters,
  channelBindings,
  type HostAndPort,
  sslModes,
  targetSessionAttributes,
  tlsProtocols,
} from './parameters.ts'

/** The words a URL or DSN may use and the variables that stand in for them, as in libpq §34.1 and §34.15. */
export const variableOf: Readonly<Record<string, string | null>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: null,
  sslcrl: 'PGSSLCRL',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  passfile: 'PGPASSFILE',
  service: 'PGSERVICE',
}

/** Values by libpq's keywords; nothing is defaulted yet. */
export type ConnectionWords = Readonly<Record<string, string>>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads `postgresql://…` or `host=… dbname=…` with libpq's meaning; what it does not say comes from the PG… variables, then from the
 * defaults of libpq.
 * @throws {DbopsError} USAGE for what libpq would refuse too: unknown parameters, bad ports, bad escapes.
 */
export function parseConnection(text: string, environment: Environment = {}): ConnectionParameters {
  return completeParameters(connectionWords(text), environment)
}

/** The words of a URL or DSN as they stand there. @throws {DbopsError} USAGE */
export function connectionWords(text: string): ConnectionWords {
  return /^postgres(ql)?:\/\//.test(text) ? wordsOfUrl(text) : wordsOfDsn(text)
}

/** As libpq cuts it: a login ends at the first @ before any slash, the places at the next slash or question mark. */
function wordsOfUrl(text: string): ConnectionWords {
  const words: Record<string, string> = {}
  let rest = text.slice(text.indexOf('://') + 3)
  const loginEnd = rest.search(/[@/]/)
  if (loginEnd >= 0 && rest[loginEnd] === '@') {
    const login = cut(rest.slice(0, loginEnd), ':')
    if (login.before !== '') words.user = decode(login.before)
    if (login.found) words.password = decode(login.after)
    rest = rest.slice(loginEnd + 1)
  }
  const beforeQuery = cut(rest, '?')
  const beforePath = cut(beforeQuery.before, '/')
  if (beforePath.after !== '') words.dbname = decode(beforePath.after)
  if (beforePath.before !== '') {
    const split = beforePath.before.split(',').map(splitPlace)
    const hosts = split.map(({ host }) => decode(host))
    if (hosts.some((host) => host !== '')) words.host = hosts.join(',')
    if (split.some(({ port }) => port !== '')) words.port = split.map(({ port }) => port).join(',')
  }
  if (beforeQuery.found) Object.assign(words, wordsOfQuery(beforeQuery.after))
  return words
}

function splitPlace(place: string): { host: string; port: string } {
  if (place.startsWith('[')) {
    const end = place.indexOf(']')
    if (end < 0) throw new DbopsError('USAGE', 'an IPv6 address in the connection URL has no closing bracket')
    const rest = place.slice(end + 1)
    if (rest !== '' && !rest.startsWith(':'))
      throw new DbopsError(
        'USAGE',
        `"${rest}" after an IPv6 address in the connection URL is neither a port nor a path`,
      )
    return { host: place.slice(1, end), port: rest.slice(1) }
  }
  const { before, after } = cut(place, ':')
  return { host: before, port: after }
}

function wordsOfQuery(query: string): Record<string, string> {
  const words: Record<string, string> = {}
  for (const part of query.split('&')) {
    if (part === '') continue
    const { before, after, found } = cut(part, '=')
    const key = decode(before)
    if (!found) throw new DbopsError('USAGE', `parameter "${key}" of the connection URL has no value`)
    if (key === 'ssl' && after === 'true') words.sslmode = 'require'
    else words[checkedKey(key)] = decode(after)
  }
  return words
}

/** `keyword = value` pairs; values with spaces stand in single quotes, with backslash before a quote or backslash. */
function wordsOfDsn(text: string): ConnectionWords {
  const words: Record<string, string> = {}
  const pattern = /\s*([\w-]+)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s'\\]|\\[\s\S])*))(?=\s|$)/y
  let end = 0
  for (;;) {
    pattern.lastIndex = end
    const match = pattern.exec(text)
    if (match === null) break
    words[checkedKey(match[1])] = (match[2] ?? match[3]).replace(/\\([\s\S])/g, '$1')
    end = pattern.lastIndex
  }
  if (text.slice(end).trim() === '') return words
  throw new DbopsError(
    'USAGE',
    `the connection string is no URL and no list of keyword=value pairs (from character ${end + 1})`,
    {
      hint: 'postgresql://user@host:5432/database?sslmode=verify-full, or host=… dbname=… user=…',
    },
  )
}

function checkedKey(key: string): string {
  if (key in variableOf) return key
  throw new DbopsError('USAGE', `connection parameter "${key}" is unknown`, {
    hint: `known are ${Object.keys(variableOf).join(', ')}`,
  })
}

/** Fills what the words leave open. @throws {DbopsError} USAGE */
export function completeParameters(words: ConnectionWords, environment: Environment = {}): ConnectionParameters {
  const value = (key: string): string | null => {
    const given = words[key]
    if (given !== undefined && given !== '') return given
    const variable = variableOf[key]
    const fromEnvironment = variable === null ? undefined : environment[variable]
    return fromEnvironment === undefined || fromEnvironment === '' ? null : fromEnvironment
  }
  const user = value('user') ?? userInfo().username
  const password = value('password')
  const sslPassword = value('sslpassword')
  return {
    hosts: hostsOf(value('host') ?? value('hostaddr'), value('port')),
    user,
    database: value('dbname') ?? user,
    password: password === null ? null : new Secret(password),
    sslMode: oneOf(sslModes, 'sslmode', value('sslmode') ?? 'prefer'),
    sslRootCert: value('sslrootcert'),
    sslCert: value('sslcert'),
    sslKey: value('sslkey'),
    sslPassword: sslPassword === null ? null : new Secret(sslPassword),
    sslCrl: value('sslcrl'),
    sslMinProtocol: oneOf(tlsProtocols, 'ssl_min_protocol_version', value('ssl_min_protocol_version') ?? 'TLSv1.2'),
    channelBinding: oneOf(channelBindings, 'channel_binding', value('channel_binding') ?? 'prefer'),
    targetSessionAttributes: oneOf(
      targetSessionAttributes,
      'target_session_attrs',
      value('target_session_attrs') ?? 'any',
    ),
    options: value('options'),
    applicationName: value('application_name') ?? 'dbops',
    connectTimeoutSeconds: wholeNumber('connect_timeout', value('connect_timeout') ?? '10', 0, 86_400),
  }
}

function hostsOf(hosts: string | null, ports: string | null): HostAndPort[] {
  const names = (hosts ?? 'localhost').split(',').map((name) => (name === '' ? 'localhost' : name))
  const numbers = (ports ?? '').split(',')
  if (numbers.length > 1 && numbers.length !== names.length)
    throw new DbopsError('USAGE', `${numbers.length} ports are given for ${names.length} hosts`)
  return names.map((host, index) => {
    const text = numbers.length > 1 ? numbers[index] : numbers[0]
    return { host, port: text === '' ? 5432 : wholeNumber('port', text, 1, 65_535) }
  })
}

function oneOf<const Value extends string>(values: readonly Value[], key: string, text: string): Value {
  const found = values.find((value) => value === text)
  if (found !== undefined) return found
  throw new DbopsError('USAGE', `${key} "${text}" is unknown`, { hint: `one of ${values.join(', ')}` })
}

function wholeNumber(key: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new DbopsError('USAGE', `${key} "${text}" is not a number between ${least} and ${most}`)
}

function cut(text: string, separator: string): { before: string; after: string; found: boolean } {
  const at = text.indexOf(separator)
  return at < 0
    ? { before: text, after: '', found: false }
    : { before: text.slice(0, at), after: text.slice(at + separator.length), found: true }
}

function decode(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text) || /%00/.test(text))
    throw new DbopsError('USAGE', 'a percent sign in the connection URL does not begin a valid escape', {
      hint: 'write a percent sign as %25',
    })
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new DbopsError('USAGE', 'an escape in the connection URL is no UTF-8', { cause })
  }
}
