/** Codes of {@link DbopsError}; they are API, the messages are not. */
export type DbopsErrorCode =
  | 'USAGE'
  | 'CONFIG_INVALID'
  | 'SECRET_MISSING'
  | 'SECRET_INVALID'
  | 'SECRET_CONFLICT'
  | 'SECRET_FORBIDDEN'
  | 'SECRET_DISABLED'
  | 'HOST_NOT_FOUND'
  | 'CONNECTION_REFUSED'
  | 'CONNECTION_TIMEOUT'
  | 'CONNECTION_LOST'
  | 'STARTING_UP'
  | 'WRONG_SERVER_STATE'
  | 'DATABASE_MISSING'
  | 'TOO_MANY_CONNECTIONS'
  | 'TLS_NOT_OFFERED'
  | 'TLS_REQUIRED'
  | 'TLS_UNKNOWN_CA'
  | 'TLS_SELF_SIGNED'
  | 'TLS_WRONG_HOST'
  | 'TLS_EXPIRED'
  | 'TLS_NOT_YET_VALID'
  | 'TLS_REVOKED'
  | 'TLS_CRL'
  | 'TLS_PROTOCOL'
  | 'TLS_CLIENT_CERTIFICATE'
  | 'TLS_FILE'
  | 'TLS_HANDSHAKE'
  | 'CHANNEL_BINDING'
  | 'HOST_KEY'
  | 'AUTHENTICATION_FAILED'
  | 'NO_HBA_ENTRY'
  | 'PERMISSION_DENIED'
  | 'TIMED_OUT'
  | 'POOL_EXHAUSTED'
  | 'CHECK_FAILED'
  | 'INTEGRITY'
  | 'LOCK_HELD'
  | 'REFUSED'
  | 'PARTIAL'
  | 'CHILD_FAILED'
  | 'SERVER'
  | 'STATE_UNREADABLE'
  | 'INTERNAL'

/** The package's only error class: something that was asked for cannot be done; never holds a secret. */
export class DbopsError extends Error {
  readonly code: DbopsErrorCode
  /** What the reader of the message can do about it. */
  readonly hint: string | undefined

  constructor(code: DbopsErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DbopsError'
    this.code = code
    this.hint = options.hint
  }
}
