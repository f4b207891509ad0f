/** Codes of {@link EngineError}; they are API, the messages are not. */
export type EngineErrorCode =
  | 'NOT_A_CAPTURE'
  | 'EMPTY_INPUT'
  | 'UNSUPPORTED_VERSION'
  | 'DAMAGED_HEADER'
  | 'DECOMPRESSION_LIMIT'
  | 'INPUT_UNREADABLE'
  | 'INVALID_OPTION'
  | 'INVALID_FILTER'
  | 'OUT_OF_MEMORY'
  | 'ABORTED'

/** The engine's only error class: a bad call, a bad environment, or input that is no capture at all. Bad data inside a capture is counted, never thrown. */
export class EngineError extends Error {
  readonly code: EngineErrorCode
  /** What the reader of the message can do about it. */
  readonly hint: string | undefined

  constructor(code: EngineErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.hint = options.hint
  }
}
