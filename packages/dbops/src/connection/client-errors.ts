import { DbopsError, type DbopsErrorCode } from '../errors.ts'
import { connectServer } from './connect.ts'
import type { ConnectionParameters } from './parameters.ts'
import { serverError } from './server-errors.ts'

/** What failed after the login, by the words of the server; they are only English where its messages are. */
const byWords: readonly (readonly [RegExp, DbopsErrorCode, string])[] = [
  [
    /(?:FATAL|ERROR):.*(?:must be superuser|permission denied)/,
    'PERMISSION_DENIED',
    'a physical backup needs the REPLICATION attribute, a logical one the right to read everything',
  ],
  [
    /FATAL:.*too many (?:clients|connections)|number of requested standby connections/,
    'TOO_MANY_CONNECTIONS',
    'dbops monitor connections shows who holds them',
  ],
]

/** A program of PostgreSQL that ended badly: its exit code is 1 for everything. */
export interface EndedClient {
  readonly program: string
  /** `with 1`, or `by SIGKILL`. */
  readonly how: string
  /** What it wrote to stderr. */
  readonly words: string
  readonly parameters: ConnectionParameters
}

/**
 * The error of a program that ended badly. When it was not let in, which it says in English of its own (we start it so), the same login is
 * tried again by our own client, which the server tells the SQLSTATE: the server's words may be in any language.
 */
export async function clientError({ program, how, words, parameters }: EndedClient): Promise<DbopsError> {
  const message = `${program} ended ${how}: ${words}`
  if (/connection to server|could not translate host name/.test(words)) {
    const refusal = await refusalOf(parameters, /^pg_(basebackup|receivewal)$/.test(program))
    if (refusal !== null) return new DbopsError(refusal.code, message, { hint: refusal.hint, cause: refusal })
  }
  const [, code, hint] = byWords.find(([pattern]) => pattern.test(words)) ?? [null, 'CHILD_FAILED' as const, undefined]
  return new DbopsError(code, message, { hint })
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
