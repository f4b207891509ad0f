import type { QueryConfig } from 'pg'
import { DbopsError, type DbopsErrorCode } from '../errors.ts'
import { connectServer, withServer } from './connect.ts'
import type { ConnectionParameters } from './parameters.ts'
import { codeOfSqlState, serverError, sqlStateOf } from './server-errors.ts'

/** A program of PostgreSQL that ended badly: its exit code is 1 for everything. */
export interface EndedClient {
  readonly program: string
  /** `with 1`, or `by SIGKILL`. */
  readonly how: string
  /** What it wrote to stderr: its own words in English, for we start it so; those of the server in any language. */
  readonly words: string
  readonly parameters: ConnectionParameters
}

const hints: Partial<Record<DbopsErrorCode, string>> = {
  PERMISSION_DENIED: 'a physical backup needs the REPLICATION attribute, a logical one the right to read everything',
}

/**
 * The error of a program that ended badly. What it was refused, the same login or the same statement, is tried again by our own client,
 * which the server tells the SQLSTATE.
 */
export async function clientError({ program, how, words, parameters }: EndedClient): Promise<DbopsError> {
  const message = `${program} ended ${how}: ${words}`
  const refusal = /connection to server|could not translate host name/.test(words)
    ? await refusalOf(parameters, /^pg_(basebackup|receivewal)$/.test(program))
    : await refusedStatement(parameters, words)
  if (refusal !== null)
    return new DbopsError(refusal.code, message, { hint: hints[refusal.code] ?? refusal.hint, cause: refusal })
  const [, state = ''] = /^psql:.*?: \S+:\s+([0-9A-Z]{5}):/m.exec(words) ?? []
  // replication commands cannot be tried again; where the server speaks English its words tell
  const isDenied = /(?:FATAL|ERROR):.*(?:must be superuser|permission denied)/.test(words)
  const code = codeOfSqlState(state) ?? (isDenied ? 'PERMISSION_DENIED' : 'CHILD_FAILED')
  return new DbopsError(code, message, { hint: hints[code] })
}

/** Why this login is not let in now; null when it is. */
async function refusalOf(parameters: ConnectionParameters, isReplication: boolean): Promise<DbopsError | null> {
  // the driver hands this on to the server, and its types do not know it
  const config = isReplication ? ({ replication: 'true' } as object) : {}
  try {
    const client = await connectServer({ ...parameters, targetSessionAttributes: 'any' }, parameters, config)
    await client.end()
    return null
  } catch (error) {
    return serverError(error)
  }
}

/** Why the server refuses the statement that the program names; null when it names none, or it goes through now, or fails in another way. */
async function refusedStatement(parameters: ConnectionParameters, words: string): Promise<DbopsError | null> {
  const statement = repeatable(/(?:Query|Command) was: ([\s\S]+?)(?:\n\w+: |$)/.exec(words)?.[1] ?? '')
  if (statement === null) return null
  try {
    await withServer(parameters, async (client) => {
      await client.query('begin; set local row_security = off; set local statement_timeout = 10000')
      try {
        // this way the server takes one statement, whatever the text holds; the types of the driver do not know it
        await client.query({ text: statement, queryMode: 'extended' } as QueryConfig)
      } finally {
        await client.query('rollback')
      }
    })
    return null
  } catch (error) {
    const refusal = serverError(error)
    return sqlStateOf(error) === '42501' ? refusal : null
  }
}

/** A statement that says whether it is allowed, and changes nothing once it is rolled back; null for one that cannot be tried again. */
function repeatable(statement: string): string | null {
  const text = statement.trim().replace(/;$/, '')
  const [, table, columns] = /^COPY ((?:"(?:[^"]|"")*"|[^\s"(])+) (?:\((.*)\) )?TO stdout$/is.exec(text) ?? []
  if (table !== undefined) return `select ${columns ?? ''} from ${table} limit 0`
  const isPlain = /^(LOCK TABLE|SELECT|SET|CREATE|ALTER|GRANT|REVOKE|COMMENT|DROP)\b/i.test(text)
  const isOutside = /^(CREATE|ALTER|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\b/i.test(text)
  return isPlain && !isOutside ? text : null
}
