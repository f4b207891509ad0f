import { DbopsError, type DbopsErrorCode, serverError, sqlStateOf } from '@pcap-analyzer/dbops'

/** What passes: the server is away, restarts, or is asked by too many. */
const passing: ReadonlySet<DbopsErrorCode> = new Set([
  'HOST_NOT_FOUND',
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'CONNECTION_LOST',
  'STARTING_UP',
  'TOO_MANY_CONNECTIONS',
  'POOL_EXHAUSTED',
  'TIMED_OUT',
])
const FROM_DRIVER = /Connection terminated|not queryable|timeout exceeded when trying to connect|Query read timeout/

/** True when a failure says that the database cannot be reached now, or has no session free. */
export function isDatabaseAway(error: unknown): boolean {
  const isOfDatabase =
    error instanceof DbopsError ||
    sqlStateOf(error) !== null ||
    (error instanceof Error && FROM_DRIVER.test(error.message))
  return isOfDatabase && passing.has(serverError(error).code)
}
