import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { qualifiedName } from '../quote.ts'
import { rowSecuritySql, type TenantTable, undoRowSecuritySql } from '../roles/row-security.ts'
import { auditRowSecurity } from '../roles/row-security-audit.ts'

const tableOptions = [
  { flags: '--table <schema.table>', description: 'table of tenants; may be given several times', isRepeatable: true },
  { flags: '--owner-column <name>', description: 'column that says whose a row is' },
  {
    flags: '--sees-all <role>',
    description: 'value of app.current_user_role that sees every row (default: admin; none for nobody)',
  },
] as const

function tablesOf(call: Call): TenantTable[] {
  const ownerColumn = requiredOption(call, 'ownerColumn', '--owner-column')
  const seesAll = textOption(call, 'seesAll') ?? 'admin'
  const tables = listOption(call, 'table').map((name) => {
    const found = qualifiedName(name)
    if (found === null) throw new DbopsError('USAGE', `--table "${name}" is not schema.table`)
    return { ...found, ownerColumn, seesAll: seesAll === 'none' ? null : seesAll }
  })
  if (tables.length === 0) throw new DbopsError('USAGE', '--table is missing')
  return tables
}

export const rlsPlan: CommandDefinition = {
  name: 'rls plan',
  summary: 'Prints the statements that keep the rows of tenants apart, and those that take it back.',
  options: tableOptions,
  changes: 'nothing',
  example: 'dbops rls plan --table app.tasks --owner-column owner_id',
  run(call) {
    const tables = tablesOf(call)
    const lines = [
      ...tables.flatMap(rowSecuritySql),
      '-- undo:',
      ...tables.flatMap(undoRowSecuritySql).map((sql) => `-- ${sql}`),
    ]
    return {
      summary: `${tables.length} table(s)`,
      exitCode: EXIT_FINE,
      text: lines.map((line) => (line.endsWith(':') ? line : `${line};`)).join('\n'),
    }
  },
}

export const rlsApply: CommandDefinition = {
  name: 'rls apply',
  summary:
    'Switches the policies on in one transaction, after counting the rows that have no owner and so only the one who sees all will see.',
  options: tableOptions,
  changes: 'server',
  example:
    'dbops rls apply --table app.tasks --owner-column owner_id --url postgresql://app_migrator@localhost/app --apply',
  async run(call) {
    const tables = tablesOf(call)
    const target = call.target()
    const orphans = await withServer(target, async (client) => {
      const counts: string[] = []
      for (const { schema, table, ownerColumn } of tables) {
        const name = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`
        const { rows } = await client.query<{ n: string }>(
          `select count(*) as n from ${name} where ${client.escapeIdentifier(ownerColumn)} is null`,
        )
        counts.push(`${schema}.${table}: ${rows[0].n} row(s) without an owner`)
      }
      if (!call.isApplied) return counts
      await client.query('begin')
      for (const sql of tables.flatMap(rowSecuritySql)) await client.query(sql)
      await client.query('commit')
      return counts
    })
    return {
      summary: call.isApplied ? `${tables.length} table(s) keep their tenants apart` : 'plan only; --apply does it',
      exitCode: EXIT_FINE,
      text: orphans.join('\n'),
    }
  },
}

export const rlsAudit: CommandDefinition = {
  name: 'rls audit',
  summary:
    'Finds what lets rows of tenants out: tables without policies, logins that bypass, views and functions of the owner.',
  options: [
    {
      flags: '--schema <name>',
      description: 'schema of the application; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--tenant-column <name>',
      description: 'column that says whose a row is; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops rls audit --schema app --tenant-column owner_id --url postgresql://postgres@localhost/app',
  async run(call) {
    const schemas = listOption(call, 'schema')
    const tenantColumns = listOption(call, 'tenantColumn')
    if (schemas.length === 0 || tenantColumns.length === 0)
      throw new DbopsError('USAGE', '--schema or --tenant-column is missing')
    const checks = await withServer(call.target(), (client) => auditRowSecurity(client, { schemas, tenantColumns }))
    return judged(checks.length === 0 ? 'rows of tenants stay apart' : `${checks.length} finding(s)`, checks)
  },
}
