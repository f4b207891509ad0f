import { DatabaseError } from 'pg'
import type { Check } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import type { Secret } from '../secret.ts'
import { CHANGE_TRIGGERS, type ChangeLog, ENTRY_COLUMNS, type LoggedTable } from './change-log-sql.ts'
import { findTable, readChangeLog, triggerProblems } from './change-log-state.ts'

/** A role that must not get at the log. */
export interface ApplicationRole {
  readonly name: string
  /** With it the role logs in; without it a superuser takes on its identity. */
  readonly password: Secret | null
}

export interface VerifyChangeLogOptions {
  readonly admin: ConnectionParameters
  readonly log: ChangeLog
  readonly roles: readonly ApplicationRole[]
}

/** Looks at the triggers of every chosen table, and tries as each role all that it must not do. @throws {DbopsError} REFUSED without a log */
export async function verifyChangeLog({ admin, log, roles }: VerifyChangeLogOptions): Promise<Check[]> {
  return await withServer(admin, async (client) => {
    const { isBaseThere, tables } = await readChangeLog(client, log)
    if (!isBaseThere && tables.length === 0)
      throw new DbopsError('REFUSED', `there is no change log in schema ${log.schema}`, {
        hint: 'dbops changes install',
      })
    const checks: Check[] = [
      check(
        'changes.base',
        'the log and its functions are as installed',
        isBaseThere ? [] : ['schema, function or trigger of the log were changed'],
      ),
    ]
    for (const table of tables) {
      const problems = await tableProblems(client, log, table)
      checks.push(check('changes.trigger', `changes of ${table.schema}.${table.table} are logged`, problems))
    }
    for (const role of roles) {
      const mayRead = await isReader(client, log, role.name)
      const trials = attempts(log, tables)
      const results =
        role.password === null
          ? await tryAll(client, trials, `set local session authorization ${quoteName(role.name)}`)
          : await withServer({ ...admin, user: role.name, password: role.password }, (own) => tryAll(own, trials, null))
      const types = await ownTypes(client, tables, role.name)
      checks.push(check('changes.types', `${role.name} owns no type of a logged column`, types))
      for (const [trial, isAllowed] of results) {
        const isFine = !isAllowed || (trial === 'read' && mayRead)
        checks.push({
          ...check('changes.refused', `${role.name} may not ${trial}`, isFine ? [] : ['it was allowed']),
          ...(isFine ? { evidence: isAllowed ? 'allowed, as it was granted' : 'refused' } : {}),
        })
      }
    }
    return checks
  })
}

function check(id: string, title: string, problems: readonly string[]): Check {
  const isFine = problems.length === 0
  return {
    id,
    title,
    verdict: isFine ? 'pass' : 'fail',
    tier: 'critical',
    evidence: isFine ? 'as it should be' : problems.join('; '),
    remediation: isFine
      ? undefined
      : id === 'changes.refused' || id === 'changes.types'
        ? 'take the grant or the membership; let another role own the tables and their types'
        : 'dbops changes install --apply',
  }
}

async function tableProblems(client: ServerClient, log: ChangeLog, table: LoggedTable): Promise<string[]> {
  try {
    const { keyColumns } = await findTable(client, table)
    const hasSameKey = keyColumns.join('\0') === table.keyColumns.join('\0')
    return [...(hasSameKey ? [] : ['its key is another one now']), ...(await triggerProblems(client, log, table))]
  } catch (error) {
    if (error instanceof DbopsError) return [error.message]
    throw error
  }
}

/** Whether reading was granted to the role, or to one it is a member of, by name. */
async function isReader(client: ServerClient, { schema }: ChangeLog, role: string): Promise<boolean> {
  const { rows } = await client.query<{ isReader: boolean }>(
    `select exists (select from pg_class c cross join aclexplode(c.relacl) as g
      where c.oid = to_regclass($1) and g.privilege_type = 'SELECT' and g.grantee not in (0, c.relowner) and pg_has_role($2, g.grantee, 'usage')) as "isReader"`,
    [`${quoteName(schema)}.changes`, role],
  )
  return rows[0].isReader
}

/** Whoever owns a type may say how it becomes JSON, and that would run with the rights of the log's owner. */
async function ownTypes(client: ServerClient, tables: readonly LoggedTable[], role: string): Promise<string[]> {
  const { rows } = await client.query<{ type: string }>(
    `select distinct format_type(y.oid, null) as type from unnest($1::text[], $2::text[]) as t (s, n)
      join pg_namespace n on n.nspname = t.s join pg_class c on c.relnamespace = n.oid and c.relname = t.n
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type y on y.oid = a.atttypid or y.typarray = a.atttypid where pg_has_role($3, y.typowner, 'member')`,
    [tables.map(({ schema }) => schema), tables.map(({ table }) => table), role],
  )
  return rows.map(({ type }) => `it owns ${type}`)
}

function attempts({ schema, owner }: ChangeLog, tables: readonly LoggedTable[]): [string, string][] {
  const changes = `${quoteName(schema)}.changes`
  const list: [string, string][] = [
    ['read', `select from ${changes} limit 1`],
    ['add by hand', `insert into ${changes} default values`],
    // a right on one column is enough to falsify
    ...['id', 'at', 'transaction_id', ...ENTRY_COLUMNS].map((column): [string, string] => [
      `update ${column}`,
      `update ${changes} set ${column} = default where false`,
    ]),
    ['delete', `delete from ${changes} where false`],
    ['truncate', `truncate ${changes}`],
    ['alter', `alter table ${changes} add column dbops_trial int`],
    ['switch off the guard', `alter table ${changes} disable trigger only_added_to`],
    ['drop', `drop table ${changes}`],
    ['drop the schema', `drop schema ${quoteName(schema)} cascade`],
    ['change the list of tables', `delete from ${quoteName(schema)}.tables where false`],
    ['drop the function', `drop function ${quoteName(schema)}.record() cascade`],
    ['change the function', `alter function ${quoteName(schema)}.record() security invoker`],
    [
      'use the function for rows of its own',
      `create temporary table dbops_trial (n int); create trigger dbops_trial after insert on dbops_trial for each row execute function ${quoteName(schema)}.record('{}')`,
    ],
    ['become the owner', `set local role ${quoteName(owner)}`],
    ['switch all triggers off', "set local session_replication_role = 'replica'"],
  ]
  for (const { schema: where, table } of tables) {
    const name = `${quoteName(where)}.${quoteName(table)}`
    for (const trigger of CHANGE_TRIGGERS)
      list.push(
        [`disable ${trigger} of ${where}.${table}`, `alter table ${name} disable trigger ${trigger}`],
        [`drop ${trigger} of ${where}.${table}`, `drop trigger ${trigger} on ${name}`],
      )
  }
  return list
}

/** Each in a transaction that is rolled back; only a refusal for want of rights counts as one. */
async function tryAll(
  client: ServerClient,
  trials: readonly [string, string][],
  identity: string | null,
): Promise<[string, boolean][]> {
  const results: [string, boolean][] = []
  for (const [trial, sql] of trials) {
    await client.query('begin read write')
    try {
      // whoever has the right must not wait behind the application for a lock, nor make it wait
      await client.query("set local lock_timeout = '2s'")
      if (identity !== null) await client.query(identity)
      results.push([trial, await isAllowed(client, sql)])
    } finally {
      await client.query('rollback')
    }
  }
  return results
}

async function isAllowed(client: ServerClient, sql: string): Promise<boolean> {
  try {
    await client.query(sql)
    return true
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return error.code !== '42501'
  }
}
