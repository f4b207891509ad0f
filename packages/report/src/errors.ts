/** Codes of {@link ReportError}; they are API, the messages are not. */
export type ReportErrorCode = 'NOT_A_REPORT' | 'NO_SUCH_FINDING'

/** The package's only error class: something that was asked of a report cannot be done. */
export class ReportError extends Error {
  readonly code: ReportErrorCode
  /** What the reader of the message can do about it. */
  readonly hint: string | undefined

  constructor(code: ReportErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ReportError'
    this.code = code
    this.hint = options.hint
  }
}
