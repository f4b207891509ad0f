import { DatabaseError } from 'pg'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { monitorInstallSql, monitorUninstallSql } from '../monitor/monitor-sql.ts'
import { blockedSessions, connectionsByRole, indexAdvice, serverMetrics } from '../monitor/server-metrics.ts'
import { quoteName } from '../quote.ts'

const schemaOption = { flags: '--schema <name>', description: 'schema of the functions (default: dbops)' } as const
const schemaOf = (call: Call): string => textOption(call, 'schema') ?? 'dbops'

async function execute(call: Call, statements: readonly string[], deed: string): Promise<Outcome> {
  const shown = statements.map((sql) => `${sql.split('\n')[0]};`).join('\n')
  if (!call.isApplied) return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: shown }
  await withServer(call.target(), async (client) => {
    await client.query('begin')
    for (const sql of statements) await client.query(sql)
    await client.query('commit')
  })
  return { summary: deed, exitCode: EXIT_FINE, text: '' }
}

export const monitorInstall: CommandDefinition = {
  name: 'monitor install',
  summary: 'Installs get_database_stats() and get_slow_queries(), which only one role may call.',
  options: [schemaOption, { flags: '--grant <role>', description: 'who may call them' }],
  changes: 'server',
  example: 'dbops monitor install --grant app_monitor --url postgresql://postgres@localhost/app --apply',
  run: (call) =>
    execute(call, monitorInstallSql(schemaOf(call), requiredOption(call, 'grant', '--grant')), 'installed'),
}

export const monitorUninstall: CommandDefinition = {
  name: 'monitor uninstall',
  summary: 'Takes the functions out again.',
  options: [schemaOption],
  changes: 'server',
  example: 'dbops monitor uninstall --url postgresql://postgres@localhost/app --apply',
  run: (call) => execute(call, monitorUninstallSql(schemaOf(call)), 'uninstalled'),
}

export async function rowsOf(call: Call, sql: string): Promise<Outcome> {
  const rows = await withServer(call.target(), async (client) => {
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows
    } catch (error) {
      if (
        error instanceof DatabaseError &&
        (error.code === '55000' || error.code === '42883' || error.code === '3F000')
      )
        throw new DbopsError('CHECK_FAILED', error.message, {
          hint: error.code === '55000' ? error.hint : 'dbops monitor install',
          cause: error,
        })
      throw error
    }
  })
  return { summary: `${rows.length} row(s)`, exitCode: EXIT_FINE, text: table(rows), data: rows }
}

function table(rows: readonly object[]): string {
  return rows
    .map((row) =>
      Object.entries(row)
        .map(([key, value]) => `${key}=${value instanceof Date ? value.toISOString() : String(value)}`)
        .join('  '),
    )
    .join('\n')
}

export const monitorStats: CommandDefinition = {
  name: 'monitor stats',
  summary: 'Connections, size, hit and commit ratios of the database.',
  options: [schemaOption],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor stats --url postgresql://app_monitor@localhost/app',
  run: (call) => rowsOf(call, `select * from ${quoteName(schemaOf(call))}.get_database_stats()`),
}

export const monitorSlow: CommandDefinition = {
  name: 'monitor slow',
  summary: 'Slowest statements by mean time.',
  options: [
    schemaOption,
    { flags: '--min-ms <ms>', description: 'only those that take at least so long (default: 1000)' },
    { flags: '--most <count>', description: 'how many (default: 10)' },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor slow --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const outcome = await rowsOf(
      call,
      `select * from ${quoteName(schemaOf(call))}.get_slow_queries(${numberOption(call, 'minMs', 1000)}, ${numberOption(call, 'most', 10)})`,
    )
    const isHidden = (outcome.data as { query: string }[]).some(({ query }) => query === '<insufficient privilege>')
    return isHidden
      ? {
          ...outcome,
          exitCode: EXIT_FINDINGS,
          summary: 'this role may not see the statements of others: dbops monitor install',
        }
      : outcome
  },
}

export const monitorMetrics: CommandDefinition = {
  name: 'monitor metrics',
  summary: 'Numbers of the server, for Prometheus with --format prom.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor metrics --format prom --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const metrics = await withServer(call.target(), serverMetrics)
    const text = metrics
      .map(({ name, value, labels = {} }) => `${name} ${Object.values(labels).join(' ')} ${value}`)
      .join('\n')
    return { summary: `${metrics.length} number(s)`, exitCode: EXIT_FINE, metrics, text }
  },
}

export const monitorConnections: CommandDefinition = {
  name: 'monitor connections',
  summary: 'Who holds connections, against which limit.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor connections --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const rows = await withServer(call.target(), connectionsByRole)
    return {
      summary: `${rows.reduce((sum, { sessions }) => sum + sessions, 0)} session(s)`,
      exitCode: EXIT_FINE,
      text: table(rows),
      data: rows,
    }
  },
}

export const monitorLocks: CommandDefinition = {
  name: 'monitor locks',
  summary: 'Who waits for whom; 1 when somebody does.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor locks --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const rows = await withServer(call.target(), blockedSessions)
    return {
      summary: rows.length === 0 ? 'nobody waits' : `${rows.length} session(s) wait`,
      exitCode: rows.length === 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: table(rows),
      data: rows,
    }
  },
}

export const monitorIndexes: CommandDefinition = {
  name: 'monitor indexes',
  summary: 'Indexes that nobody reads, that are there twice, or broken.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor indexes --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const rows = await withServer(call.target(), indexAdvice)
    return { summary: `${rows.length} index(es)`, exitCode: EXIT_FINE, text: table(rows), data: rows }
  },
}
