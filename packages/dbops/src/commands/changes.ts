import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ChangeLog, dropLogSql, type LoggedTable, removeTableSql } from '../change-log/change-log-sql.ts'
import { readChangeLog } from '../change-log/change-log-state.ts'
import { installChangeLog } from '../change-log/install-change-log.ts'
import { verifyChangeLog } from '../change-log/verify-change-log.ts'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged, type Outcome } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { inTransaction } from '../roles/apply-roles.ts'

/** Options that say which log. */
export const logOptions = [
  { flags: '--schema <name>', description: 'schema of the log (default: change_log)' },
  { flags: '--owner <role>', description: 'role that owns it and never logs in (default: change_log_owner)' },
] as const

const tableOption = {
  flags: '--table <schema.table>',
  description: 'table whose changes are logged; names with dots in double quotes; may be given several times',
  isRepeatable: true,
} as const

const installOptions = [
  tableOption,
  {
    flags: '--secret <schema.table.column>',
    description: 'column whose values are never logged; may be given several times',
    isRepeatable: true,
  },
  {
    flags: '--reader <role>',
    description: 'role that may read the log; may be given several times',
    isRepeatable: true,
  },
  ...logOptions,
] as const

export function logOf(call: Call): ChangeLog {
  return {
    schema: textOption(call, 'schema') ?? 'change_log',
    owner: textOption(call, 'owner') ?? 'change_log_owner',
  }
}

/** Splits a name at its dots, except within double quotes. @throws {DbopsError} USAGE */
function nameParts(flag: string, text: string, count: number): string[] {
  const parts = /^(?:"(?:[^"]|"")+"|[^".]+)(?:\.(?:"(?:[^"]|"")+"|[^".]+))*$/.test(text)
    ? (text.match(/"(?:[^"]|"")+"|[^".]+/g) ?? [])
    : []
  if (parts.length !== count)
    throw new DbopsError('USAGE', `${flag} "${text}" is not ${count === 2 ? 'schema.table' : 'schema.table.column'}`)
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
}

function tablesOf(call: Call): Omit<LoggedTable, 'keyColumns'>[] {
  const secrets = listOption(call, 'secret').map((text) => nameParts('--secret', text, 3))
  const tables = listOption(call, 'table').map((text) => {
    const [schema, table] = nameParts('--table', text, 2)
    const own = secrets.filter((name) => name[0] === schema && name[1] === table)
    return { schema, table, secretColumns: [...new Set(own.map(([, , column]) => column))].sort() }
  })
  const stray = secrets.find(([schema, table]) => !tables.some((one) => one.schema === schema && one.table === table))
  if (stray !== undefined) throw new DbopsError('USAGE', `--secret ${stray.join('.')} is of no --table`)
  return tables
}

async function installed(call: Call, isApplied: boolean): Promise<Outcome> {
  const tables = tablesOf(call)
  if (tables.length === 0) throw new DbopsError('USAGE', '--table is missing')
  const admin = call.target()
  if (isApplied) call.confirm(admin.database, 'logging changes of tables')
  const statements = await installChangeLog({
    admin,
    log: logOf(call),
    tables,
    readers: listOption(call, 'reader'),
    isApplied,
  })
  const count = statements.length
  const summary =
    count === 0
      ? 'nothing to do'
      : isApplied
        ? `changes of ${tables.length} table(s) are logged; dbops changes verify proves it`
        : `${count} statement(s) to do`
  return {
    summary,
    exitCode: EXIT_FINE,
    text: statements.map((sql) => `${sql};`).join('\n'),
    data: { statements },
    audit: { tables: tables.map(({ schema, table }) => `${schema}.${table}`), statements: isApplied ? count : 0 },
  }
}

export const changesPlan: CommandDefinition = {
  name: 'changes plan',
  summary: 'Prints the statements that let the database log who changed what in chosen tables.',
  options: installOptions,
  changes: 'nothing',
  example: 'dbops changes plan --table app.orders --secret app.orders.card --url postgresql://postgres@localhost/app',
  run: (call) => installed(call, false),
}

export const changesInstall: CommandDefinition = {
  name: 'changes install',
  summary:
    'Logs who changed what in chosen tables: triggers write into tables that are only added to and are not the application’s. A second run does nothing.',
  options: installOptions,
  changes: 'server',
  example:
    'dbops changes install --table app.orders --secret app.orders.card --reader auditor --url postgresql://postgres@localhost/app --apply',
  run: (call) => installed(call, call.isApplied),
}

export const changesVerify: CommandDefinition = {
  name: 'changes verify',
  summary:
    'Proves that every chosen table has its triggers, and tries as the application to read, change, drop and evade the log.',
  options: [
    {
      flags: '--application <role>',
      description: 'role that must not get at the log; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--passwords <folder>',
      description: 'one file per login that holds its password; without one, a superuser takes on the identity',
    },
    ...logOptions,
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops changes verify --application app_rw --url postgresql://postgres@localhost/app',
  async run(call) {
    const names = listOption(call, 'application')
    if (names.length === 0) throw new DbopsError('USAGE', '--application is missing')
    const folder = textOption(call, 'passwords')
    const roles = names.map((name) => {
      const path = folder === null ? null : join(folder, name)
      const hasPassword = path !== null && existsSync(path)
      return { name, password: hasPassword ? readSecretFile({ path, environment: call.environment }) : null }
    })
    const checks = await verifyChangeLog({ admin: call.target(), log: logOf(call), roles })
    const failed = checks.filter(({ verdict }) => verdict === 'fail').length
    return judged(failed === 0 ? `${checks.length} check(s), all passed` : `${failed} finding(s)`, checks)
  },
}

export const changesRemove: CommandDefinition = {
  name: 'changes remove',
  summary: 'Takes tables out of the log, all of them unless some are named; what was logged stays unless told.',
  options: [tableOption, { flags: '--drop-rows', description: 'drop the log, too' }, ...logOptions],
  changes: 'server',
  example: 'dbops changes remove --table app.orders --url postgresql://postgres@localhost/app --apply',
  async run(call) {
    const named = tablesOf(call)
    const isDropped = call.options.dropRows === true
    if (isDropped && named.length > 0)
      throw new DbopsError('USAGE', '--drop-rows is for the whole log, not for a --table')
    const log = logOf(call)
    const admin = call.target()
    if (call.isApplied)
      call.confirm(admin.database, isDropped ? 'dropping the change log' : 'no longer logging changes')
    const statements = await withServer(admin, async (client) => {
      const { tables, isBaseThere } = await readChangeLog(client, log)
      const chosen = tables.filter(
        (table) => named.length === 0 || named.some((one) => one.schema === table.schema && one.table === table.table),
      )
      const { rows } = await client.query<{ schema: string; table: string }>(
        'select schemaname::text as schema, tablename::text as table from pg_tables',
      )
      const list = chosen.flatMap(({ schema, table }) => {
        const isThere = rows.some((row) => row.schema === schema && row.table === table)
        return removeTableSql(log, { schema, table, isThere })
      })
      if (isDropped && (isBaseThere || tables.length > 0)) list.push(...dropLogSql(log))
      if (call.isApplied) await inTransaction(client, list)
      return list
    })
    return {
      summary:
        statements.length === 0
          ? 'nothing to do'
          : call.isApplied
            ? `no longer logged; the rows ${isDropped ? 'are gone' : 'stay'}`
            : `${statements.length} statement(s) to do; --apply does it`,
      exitCode: EXIT_FINE,
      text: statements.map((sql) => `${sql};`).join('\n'),
      data: { statements },
      audit: { isDropped, statements: call.isApplied ? statements.length : 0 },
    }
  },
}

export const changesShow: CommandDefinition = {
  name: 'changes show',
  summary: 'Prints the newest logged changes: when, who, what.',
  options: [tableOption, { flags: '--most <count>', description: 'how many (default: 20)' }, ...logOptions],
  changes: 'nothing',
  example: 'dbops changes show --table app.orders --most 50 --url postgresql://auditor@localhost/app',
  async run(call) {
    const tables = tablesOf(call)
    const most = numberOption(call, 'most', 20, 1)
    const changes = await withServer(call.target(), async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(
        `select id::text, at, transaction_id::text, session_role::text, set_role::text, application_name, host(client_address) as client_address,
          schema_name::text, table_name::text, operation, row_key, old_values, new_values, hidden_columns
        from ${client.escapeIdentifier(logOf(call).schema)}.changes
        where $1 or exists (select from unnest($2::text[], $3::text[]) as t (s, n) where s = schema_name and n = table_name)
        order by id desc limit $4`,
        [tables.length === 0, tables.map(({ schema }) => schema), tables.map(({ table }) => table), most],
      )
      return rows
    })
    return {
      summary: `${changes.length} change(s)`,
      exitCode: EXIT_FINE,
      // values are whatever somebody stored: as JSON they cannot speak to the terminal
      text: changes.map((change) => JSON.stringify(change)).join('\n'),
      data: changes,
    }
  },
}
