/** Stable codes of what can go wrong in the service outside of requests; documented in docs/reference/service.md. */
export type ServiceErrorCode =
  | 'CONFIGURATION_INVALID'
  | 'DATABASE_UNREACHABLE'
  | 'SCHEMA_NEWER'
  | 'SCHEMA_UNKNOWN'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_NOT_FOUND'
  | 'TRANSFER_FAILED'

/** A failure with a code, a message that says what was wrong, and what to do. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode
  readonly hint: string | null

  constructor(code: ServiceErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'ServiceError'
    this.code = code
    this.hint = options.hint ?? null
  }
}
