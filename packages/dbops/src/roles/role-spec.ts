import { readFileSync } from 'node:fs'
import { readYaml } from '../config.ts'
import { DbopsError } from '../errors.ts'
import { DEFAULT_ITERATIONS, MOST_ITERATIONS } from './scram.ts'

/** What a role is for; its rights follow from it. */
export const roleKinds = [
  'owner',
  'migrator',
  'group',
  'app',
  'read-only',
  'backup',
  'monitor',
  'auditor',
  'break-glass',
] as const
export type RoleKind = (typeof roleKinds)[number]

/** One wanted role. */
export interface WantedRole {
  readonly name: string
  readonly kind: RoleKind
  /** -1 for no limit. */
  readonly connectionLimit: number
  /** Last moment of its password, ISO 8601; null leaves that as it is. */
  readonly validUntil: string | null
  /** How often a verifier that is made for it is iterated: what a guess costs, and a new session. */
  readonly scramIterations: number
  /** Server settings of its sessions, as `ALTER ROLE … SET`. */
  readonly settings: Readonly<Record<string, string>>
}

/** The wanted state of one database. */
export interface RoleSpec {
  readonly database: string
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
  /** Other databases that the public may no longer enter. */
  readonly closedDatabases: readonly string[]
  readonly roles: readonly WantedRole[]
}

const topKeys = ['database', 'schemas', 'extensions', 'closedDatabases', 'prefix', 'scramIterations', 'roles']
const roleKeys = [
  'kind',
  'connectionLimit',
  'validUntil',
  'scramIterations',
  'statementTimeout',
  'lockTimeout',
  'idleInTransactionTimeout',
  'searchPath',
  'logStatement',
  'logMinDuration',
]

/** Roles by suffix of the prefix, when the file names none. */
const defaultKinds: readonly (readonly [string, RoleKind])[] = [
  ['owner', 'owner'],
  ['migrator', 'migrator'],
  ['rw', 'group'],
  ['app_a', 'app'],
  ['app_b', 'app'],
  ['ro', 'read-only'],
  ['backup', 'backup'],
  ['monitor', 'monitor'],
  ['auditor', 'auditor'],
  ['break_glass', 'break-glass'],
]

const defaultLimits: Readonly<Record<RoleKind, number>> = {
  owner: -1,
  migrator: 3,
  group: -1,
  app: 50,
  'read-only': 5,
  backup: 3,
  monitor: 3,
  auditor: 2,
  'break-glass': 2,
}

/**
 * Reads the wanted state: `database`, `schemas`, and `roles` by name with a `kind`; without `roles` the usual ten, named after `prefix`
 * (the database when it is not given).
 * @throws {DbopsError} CONFIG_INVALID
 */
export function readRoleSpec(path: string): RoleSpec {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('CONFIG_INVALID', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
  return roleSpecFrom(readYaml(text, path), path)
}

/** @throws {DbopsError} CONFIG_INVALID */
export function roleSpecFrom(value: Record<string, unknown>, place: string): RoleSpec {
  refuseUnknown(value, topKeys, place)
  const { database } = value
  if (typeof database !== 'string' || database === '')
    throw new DbopsError('CONFIG_INVALID', `${place}: database is missing`)
  const iterations = iterationsFrom(value.scramIterations, `${place}: scramIterations`, DEFAULT_ITERATIONS)
  const prefix = typeof value.prefix === 'string' ? value.prefix : database
  const named = value.roles as Record<string, Record<string, unknown>> | undefined
  const roles =
    named === undefined
      ? defaultKinds.map(([suffix, kind]) => wantedRole(`${prefix}_${suffix}`, { kind }, place, iterations))
      : Object.entries(named).map(([name, role]) => wantedRole(name, role ?? {}, place, iterations))
  for (const kind of ['owner', 'group'] as const) {
    if (roles.filter((role) => role.kind === kind).length !== 1)
      throw new DbopsError('CONFIG_INVALID', `${place}: exactly one role of kind ${kind} is needed`)
  }
  return {
    database,
    schemas: textList(value.schemas ?? [database], 'schemas', place),
    extensions: textList(value.extensions ?? [], 'extensions', place),
    closedDatabases: textList(value.closedDatabases ?? [], 'closedDatabases', place),
    roles,
  }
}

function wantedRole(name: string, value: Record<string, unknown>, place: string, iterations: number): WantedRole {
  refuseUnknown(value, roleKeys, `${place}, role ${name}`)
  const kind = roleKinds.find((one) => one === value.kind)
  if (kind === undefined)
    throw new DbopsError('CONFIG_INVALID', `${place}: role ${name} has no kind`, {
      hint: `one of ${roleKinds.join(', ')}`,
    })
  const limit = value.connectionLimit ?? defaultLimits[kind]
  if (!Number.isInteger(limit))
    throw new DbopsError('CONFIG_INVALID', `${place}: connectionLimit of ${name} is no whole number`)
  return {
    name,
    kind,
    connectionLimit: limit as number,
    scramIterations: iterationsFrom(value.scramIterations, `${place}: scramIterations of ${name}`, iterations),
    validUntil: momentOf(value.validUntil, `${place}: validUntil of ${name}`),
    settings: settingsOf(kind, value, `${place}, role ${name}`),
  }
}

/** @throws {DbopsError} CONFIG_INVALID */
function iterationsFrom(value: unknown, what: string, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= DEFAULT_ITERATIONS && value <= MOST_ITERATIONS)
    return value
  throw new DbopsError(
    'CONFIG_INVALID',
    `${what} is not a whole number between ${DEFAULT_ITERATIONS} and ${MOST_ITERATIONS}`,
  )
}

/** @throws {DbopsError} CONFIG_INVALID */
function momentOf(value: unknown, what: string): string | null {
  if (value === undefined) return null
  const moment = new Date(String(value))
  if (Number.isNaN(moment.getTime()))
    throw new DbopsError('CONFIG_INVALID', `${what} "${String(value)}" is no time`, { hint: 'write 2027-01-31' })
  return moment.toISOString()
}

function settingsOf(kind: RoleKind, value: Record<string, unknown>, place: string): Record<string, string> {
  const settings: Record<string, string> = {}
  if (kind === 'app' || kind === 'read-only') {
    settings.statement_timeout = String(value.statementTimeout ?? '60s')
    settings.lock_timeout = String(value.lockTimeout ?? '10s')
    settings.idle_in_transaction_session_timeout = String(value.idleInTransactionTimeout ?? '60s')
  }
  if (value.searchPath !== undefined)
    settings.search_path = textList(value.searchPath, 'searchPath', place)
      .map((name) => `"${name.replaceAll('"', '""')}"`)
      .join(', ')
  if (value.logStatement !== undefined) settings.log_statement = String(value.logStatement)
  if (value.logMinDuration !== undefined) settings.log_min_duration_statement = String(value.logMinDuration)
  if (kind === 'read-only' || kind === 'backup' || kind === 'auditor') settings.default_transaction_read_only = 'on'
  return settings
}

/** The one role of a kind. */
export function roleOfKind({ roles }: RoleSpec, kind: RoleKind): WantedRole {
  const found = roles.find((role) => role.kind === kind)
  if (found === undefined) throw new DbopsError('CONFIG_INVALID', `there is no role of kind ${kind}`)
  return found
}

/** Whether roles of a kind log in; break-glass only once it is enabled. */
export function logsIn(kind: RoleKind): boolean {
  return kind !== 'owner' && kind !== 'group' && kind !== 'break-glass'
}

function refuseUnknown(value: object, known: readonly string[], place: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      throw new DbopsError('CONFIG_INVALID', `${place}: key "${key}" is unknown`, {
        hint: `known are ${known.join(', ')}`,
      })
  }
}

function textList(value: unknown, key: string, place: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw new DbopsError('CONFIG_INVALID', `${place}: ${key} is no list of names`)
}
