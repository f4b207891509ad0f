import { DatabaseError } from 'pg'
import { DbopsError, type DbopsErrorCode } from '../errors.ts'
import { fileError } from '../file-errors.ts'

/** What a SQLSTATE means to somebody who wants to connect or work (PostgreSQL Appendix A). */
const bySqlState: Readonly<Record<string, readonly [DbopsErrorCode, string]>> = {
  '28P01': [
    'AUTHENTICATION_FAILED',
    'wrong password, unknown role, expired VALID UNTIL or no password set: the server does not tell them apart',
  ],
  '3D000': ['DATABASE_MISSING', 'the database does not exist; create it or correct the name'],
  '42501': ['PERMISSION_DENIED', 'grant the missing privilege: dbops roles plan shows what is declared'],
  '53300': ['TOO_MANY_CONNECTIONS', 'dbops monitor connections shows who holds them'],
  '57P01': ['CONNECTION_LOST', 'an administrator ended the session, or the server shuts down'],
  '57P02': ['CONNECTION_LOST', 'the server crashed and restarts'],
  '57P03': ['STARTING_UP', 'the server starts or stops: wait with --wait'],
  '57014': ['TIMED_OUT', 'the statement took longer than statement_timeout, or was cancelled'],
  '55P03': ['TIMED_OUT', 'somebody holds the lock: dbops monitor locks'],
  '25P03': ['TIMED_OUT', 'the transaction was idle for longer than idle_in_transaction_session_timeout'],
  '08006': ['CONNECTION_LOST', 'the connection broke'],
  '08P01': ['CONNECTION_LOST', 'the other side does not speak the PostgreSQL protocol'],
}

/** What a SQLSTATE means to us; null for what is no class of its own. */
export function codeOfSqlState(state: string): DbopsErrorCode | null {
  return bySqlState[state]?.[0] ?? null
}

/**
 * Turns what the driver threw into one of our errors; ours pass through. The server's message is kept as it is, in the server's language:
 * it holds no password, and nothing is read out of it. `isClear` tells of a refused login that it came over a wire without TLS.
 */
export function serverError(cause: unknown, isClear = false): DbopsError {
  if (cause instanceof DbopsError) return cause
  if (cause instanceof DatabaseError) return fromServer(cause, isClear)
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException
  // the driver has no codes for these; its own words are English everywhere
  if (code === 'ECONNRESET' || code === 'EPIPE' || /Connection terminated|not queryable/.test(message))
    return new DbopsError('CONNECTION_LOST', 'the connection to the server was lost', { cause })
  if (/timeout exceeded when trying to connect/.test(message))
    return new DbopsError('POOL_EXHAUSTED', 'no connection of the pool became free in time', {
      hint: 'a larger pool, shorter transactions, or a leak: dbops pool test',
      cause,
    })
  if (/Query read timeout|connection timeout|timeout expired/.test(message))
    return new DbopsError('TIMED_OUT', 'the server did not answer in time', { cause })
  if (/^SASL|password must be a/.test(message))
    return new DbopsError('AUTHENTICATION_FAILED', `authentication failed: ${message}`, { cause })
  if (code === 'ERR_INVALID_URL') return new DbopsError('USAGE', 'a URL that was given is none', { cause })
  return fileError(cause) ?? new DbopsError('INTERNAL', message ?? String(cause), { cause })
}

function fromServer(error: DatabaseError, isClear: boolean): DbopsError {
  const state = error.code ?? ''
  const text = `${error.message} (SQLSTATE ${state})`
  if (state === '28000') return fromHba(error, text, isClear)
  const [code, hint] = bySqlState[state] ?? ['SERVER', undefined]
  return new DbopsError(code, text, { hint: hint ?? error.hint, cause: error })
}

/**
 * 28000 stands for several refusals. They are told apart by the routine of the server that refused, and by the name of the file, which
 * every language leaves as it is; never by words.
 */
function fromHba(error: DatabaseError, text: string, isClear: boolean): DbopsError {
  if (error.routine !== 'ClientAuthentication')
    return new DbopsError('AUTHENTICATION_FAILED', text, {
      hint: 'the role may not log in, or is not who the rule wants: dbops hba explain shows it',
      cause: error,
    })
  if (!error.message.includes('pg_hba.conf'))
    return new DbopsError('TLS_CLIENT_CERTIFICATE', text, { hint: 'set sslcert and sslkey', cause: error })
  if (isClear)
    return new DbopsError('TLS_REQUIRED', text, {
      hint: 'the rules let this user, database and address not in without TLS, or not at all: try sslmode=verify-full; dbops hba explain shows which rule applies',
      cause: error,
    })
  return new DbopsError('NO_HBA_ENTRY', text, {
    hint: 'dbops hba explain shows the rule; add one for this user, database and address',
    cause: error,
  })
}

/** The SQLSTATE behind an error, ours or the driver's; null when no server spoke. */
export function sqlStateOf(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof DatabaseError && at.code !== undefined) return at.code
  }
  return null
}
