import { DbopsError, type DbopsErrorCode } from '../errors.ts'

/** What PostgreSQL's client programs say when the server refused them; their exit code is 1 for everything. */
const byWords: readonly (readonly [RegExp, DbopsErrorCode, string])[] = [
  [
    /FATAL:.*pg_hba\.conf/,
    'NO_HBA_ENTRY',
    'a replication session needs a rule of its own for the database "replication": dbops hba explain',
  ],
  [
    /FATAL:.*authentication failed|no password supplied/,
    'AUTHENTICATION_FAILED',
    'wrong password, unknown role, or none given',
  ],
  [/FATAL:.*is not permitted to log in/, 'AUTHENTICATION_FAILED', 'the role may not log in'],
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
  [/FATAL:.*the database system is (?:starting up|shutting down)/, 'STARTING_UP', 'wait until the server is ready'],
  [
    /Connection refused|No such file or directory\s+Is the server running/,
    'CONNECTION_REFUSED',
    'is the server running, and is the port right?',
  ],
  [/could not translate host name/, 'HOST_NOT_FOUND', 'correct the name of the host'],
]

/** The error of a program that ended badly, with the class its words stand for; `words` are what it wrote to stderr. */
export function clientError(program: string, how: string, words: string): DbopsError {
  const message = `${program} ended ${how}: ${words}`
  const [, code, hint] = byWords.find(([pattern]) => pattern.test(words)) ?? [null, 'CHILD_FAILED' as const, undefined]
  return new DbopsError(code, message, { hint })
}
