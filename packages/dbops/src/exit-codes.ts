import { DbopsError, type DbopsErrorCode } from './errors.ts'

/** How the command ends; the numbers are API. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 70 | 130

export const EXIT_FINE = 0
export const EXIT_FINDINGS = 1
export const EXIT_USAGE = 2
export const EXIT_UNREACHABLE = 3
export const EXIT_PERMISSION = 4
export const EXIT_INTEGRITY = 5
export const EXIT_LOCKED = 6
export const EXIT_REFUSED = 7
export const EXIT_PARTIAL = 8
export const EXIT_TIMED_OUT = 9
export const EXIT_INTERNAL = 70
export const EXIT_INTERRUPTED = 130

/** What each exit code means, for the help and the reference. */
export const exitCodes: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT_FINE, meaning: 'fine' },
  { code: EXIT_FINDINGS, meaning: 'findings, or a check failed' },
  { code: EXIT_USAGE, meaning: 'wrong options, arguments, configuration or secret source' },
  { code: EXIT_UNREACHABLE, meaning: 'the server cannot be reached, or is not the one that was meant' },
  { code: EXIT_PERMISSION, meaning: 'authentication or permission' },
  { code: EXIT_INTEGRITY, meaning: 'integrity or verification failed' },
  { code: EXIT_LOCKED, meaning: 'somebody else holds the lock' },
  { code: EXIT_REFUSED, meaning: 'refused by a safety gate' },
  { code: EXIT_PARTIAL, meaning: 'done in part' },
  { code: EXIT_TIMED_OUT, meaning: 'timed out' },
  { code: EXIT_INTERNAL, meaning: 'an error of ours or of the machine' },
  { code: EXIT_INTERRUPTED, meaning: 'interrupted' },
]

/** The one table from error codes to exit codes. */
const byErrorCode: Readonly<Record<DbopsErrorCode, ExitCode>> = {
  USAGE: EXIT_USAGE,
  CONFIG_INVALID: EXIT_USAGE,
  SECRET_MISSING: EXIT_USAGE,
  SECRET_INVALID: EXIT_USAGE,
  SECRET_CONFLICT: EXIT_USAGE,
  SECRET_FORBIDDEN: EXIT_PERMISSION,
  SECRET_DISABLED: EXIT_PERMISSION,
  HOST_NOT_FOUND: EXIT_UNREACHABLE,
  CONNECTION_REFUSED: EXIT_UNREACHABLE,
  CONNECTION_TIMEOUT: EXIT_UNREACHABLE,
  CONNECTION_LOST: EXIT_UNREACHABLE,
  STARTING_UP: EXIT_UNREACHABLE,
  WRONG_SERVER_STATE: EXIT_UNREACHABLE,
  DATABASE_MISSING: EXIT_UNREACHABLE,
  TOO_MANY_CONNECTIONS: EXIT_FINDINGS,
  TLS_NOT_OFFERED: EXIT_UNREACHABLE,
  TLS_REQUIRED: EXIT_PERMISSION,
  TLS_UNKNOWN_CA: EXIT_UNREACHABLE,
  TLS_SELF_SIGNED: EXIT_UNREACHABLE,
  TLS_WRONG_HOST: EXIT_UNREACHABLE,
  TLS_EXPIRED: EXIT_UNREACHABLE,
  TLS_NOT_YET_VALID: EXIT_UNREACHABLE,
  TLS_REVOKED: EXIT_UNREACHABLE,
  TLS_CRL: EXIT_UNREACHABLE,
  TLS_PROTOCOL: EXIT_UNREACHABLE,
  TLS_CLIENT_CERTIFICATE: EXIT_PERMISSION,
  TLS_FILE: EXIT_USAGE,
  TLS_HANDSHAKE: EXIT_UNREACHABLE,
  CHANNEL_BINDING: EXIT_PERMISSION,
  HOST_KEY: EXIT_UNREACHABLE,
  AUTHENTICATION_FAILED: EXIT_PERMISSION,
  NO_HBA_ENTRY: EXIT_PERMISSION,
  PERMISSION_DENIED: EXIT_PERMISSION,
  TIMED_OUT: EXIT_TIMED_OUT,
  POOL_EXHAUSTED: EXIT_TIMED_OUT,
  CHECK_FAILED: EXIT_FINDINGS,
  INTEGRITY: EXIT_INTEGRITY,
  LOCK_HELD: EXIT_LOCKED,
  REFUSED: EXIT_REFUSED,
  PARTIAL: EXIT_PARTIAL,
  CHILD_FAILED: EXIT_INTERNAL,
  SERVER: EXIT_INTERNAL,
  STATE_UNREADABLE: EXIT_INTEGRITY,
  INTERNAL: EXIT_INTERNAL,
}

/** The exit code of an error that ended the command; what is not ours is the machine's fault. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof DbopsError ? byErrorCode[error.code] : EXIT_INTERNAL
}
