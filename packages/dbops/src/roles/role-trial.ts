import { DatabaseError } from 'pg'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'
import { quoteName } from '../quote.ts'
import { type RoleKind, type RoleSpec, roleOfKind } from './role-spec.ts'

/** What a role tries, in the order of the report. */
export const trials = [
  'connect',
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'create table',
  'create temporary table',
  'create schema',
  'alter table',
  'drop table',
  'become owner',
  'become superuser',
  'create role',
  'create database',
  'create extension',
  'run a program',
  'read server files',
  'alter system',
  'read password verifiers',
  'switch off triggers',
  'enter another database',
] as const
export type Trial = (typeof trials)[number]

/** What each kind may do; everything else must be refused. */
const allowed: Partial<Record<RoleKind, readonly Trial[]>> = {
  app: ['connect', 'select', 'insert', 'update', 'delete'],
  'read-only': ['connect', 'select'],
  migrator: [
    'connect',
    'select',
    'insert',
    'update',
    'delete',
    'truncate',
    'create table',
    'alter table',
    'drop table',
    'become owner',
  ],
  // pg_read_all_data reads the verifiers too: the login of backups is to be guarded like a superuser's
  backup: ['connect', 'select', 'read password verifiers'],
  monitor: ['connect'],
  auditor: ['connect'],
}

/** Whether the kind of a role may do it. */
export function mayDo(kind: RoleKind, trial: Trial): boolean {
  return allowed[kind]?.includes(trial) ?? false
}

export interface TrialResult {
  readonly role: string
  readonly trial: Trial
  readonly isAllowed: boolean
  readonly wasExpected: boolean
  /** SQLSTATE of the refusal; null when it succeeded. */
  readonly sqlState: string | null
}

export interface TrialOptions {
  /** Server and database; user and password are the role's. */
  readonly login: ConnectionParameters
  readonly kind: RoleKind
  readonly spec: RoleSpec
  /** A table of the schemas to try on; null when there is none yet. */
  readonly table: { readonly schema: string; readonly name: string; readonly column: string } | null
  /** A database the role has no business in; null when there is none. */
  readonly otherDatabase: string | null
}

/** Logs in as the role and tries everything, each in a transaction that is rolled back. Nothing is displayed: everything is attempted. */
export async function tryRole(options: TrialOptions): Promise<TrialResult[]> {
  const { login, kind, otherDatabase } = options
  const client = await connectServer(login)
  const results: TrialResult[] = []
  const note = (trial: Trial, sqlState: string | null): void => {
    const isAllowed = sqlState === null
    results.push({ role: login.user, trial, isAllowed, wasExpected: isAllowed === mayDo(kind, trial), sqlState })
  }
  try {
    note('connect', null)
    // a read-only default is a convenience, no fence: the role itself may lift it
    await client.query('set default_transaction_read_only = off')
    for (const [trial, sql, inTransaction] of await attempts(client, options))
      note(trial, await attempt(client, sql, inTransaction))
  } finally {
    await client.end()
  }
  if (otherDatabase !== null) note('enter another database', await entering({ ...login, database: otherDatabase }))
  return results
}

async function attempts(
  client: ServerClient,
  { table, spec, kind }: TrialOptions,
): Promise<[Trial, string, boolean][]> {
  const owner = roleOfKind(spec, 'owner').name
  const [schema] = spec.schemas
  const { rows } = await client.query<{ name: string }>(
    "select e.name from pg_available_extensions e join pg_available_extension_versions v on v.name = e.name and v.version = e.default_version where e.installed_version is null and not v.trusted and v.superuser and v.requires is null order by e.name = 'pageinspect' desc, 1 limit 1",
  )
  const list: [Trial, string, boolean][] = []
  if (table !== null) {
    const name = `${quoteName(table.schema)}.${quoteName(table.name)}`
    const column = quoteName(table.column)
    list.push(
      ['select', `select ${column} from ${name} limit 1`, true],
      ['insert', `insert into ${name} (${column}) select ${column} from ${name} where false`, true],
      ['update', `update ${name} set ${column} = ${column} where false`, true],
      ['delete', `delete from ${name} where false`, true],
      ['truncate', `truncate ${name} cascade`, true],
      ['alter table', `alter table ${name} add column dbops_trial int`, true],
      ['drop table', `drop table ${name} cascade`, true],
    )
  }
  list.push(
    ['create table', `create table ${quoteName(schema)}.dbops_trial (n int)`, true],
    ['create temporary table', 'create temporary table dbops_trial (n int)', true],
    ['create schema', 'create schema dbops_trial', true],
    ['become owner', `set local role ${quoteName(owner)}`, true],
    ['become superuser', 'alter role session_user superuser', true],
    ['create role', 'create role dbops_trial', true],
    // a template that does not exist: the right is checked first, and nothing is created with it
    ['create database', 'create database dbops_trial template dbops_no_such_template', false],
    ...(rows.length === 0
      ? []
      : [['create extension', `create extension ${quoteName(rows[0].name)}`, true] as [Trial, string, boolean]]),
    ['run a program', "copy (select 1) to program 'true'", true],
    ['read server files', "select pg_read_file('PG_VERSION')", true],
    ['alter system', 'alter system reset application_name', false],
    ['read password verifiers', 'select rolpassword from pg_authid limit 1', true],
    ['switch off triggers', "set local session_replication_role = 'replica'", true],
  )
  // what a login does with the rights of its group counts, what a migrator may do as the owner too
  return kind === 'migrator' ? list.filter(([trial]) => trial !== 'create schema') : list
}

/** SQLSTATE of a refusal for want of rights; null when the right was there, even if something else went wrong. */
async function attempt(client: ServerClient, sql: string, inTransaction: boolean): Promise<string | null> {
  if (inTransaction) await client.query('begin read write')
  try {
    await client.query(sql)
    return null
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return error.code === '42501' ? '42501' : null
  } finally {
    if (inTransaction) await client.query('rollback')
  }
}

async function entering(login: ConnectionParameters): Promise<string | null> {
  try {
    const client = await connectServer(login)
    await client.end()
    return null
  } catch (error) {
    return sqlStateOf(error) ?? '08006'
  }
}
