/** Codes of {@link CommandError}; they are API, the messages are not. */
export type CommandErrorCode =
  | 'USAGE'
  | 'INVALID_CONFIG'
  | 'CONFIG_UNREADABLE'
  | 'NO_SUCH_FILE'
  | 'REPORT_NOT_WRITTEN'
  | 'REPORT_UNREADABLE'
  | 'CAPTURE_NEEDED'
  | 'TSHARK_MISSING'
  | 'TSHARK_FAILED'

/** The command line's only error class: something that its user asked for cannot be done. */
export class CommandError extends Error {
  readonly code: CommandErrorCode
  /** What the reader of the message can do about it. */
  readonly hint: string | undefined

  constructor(code: CommandErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CommandError'
    this.code = code
    this.hint = options.hint
  }
}
