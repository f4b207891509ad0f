import type { FieldRefusalCode, RefusalCode } from './refusal-codes.ts'

/** A refusal with its status; `detail` is what people read, `error_type` what programs go by. */
export class HttpError extends Error {
  readonly status: number
  readonly code: RefusalCode
  readonly headers: Readonly<Record<string, string>>
  /** Fields of the answer beside `detail`, or instead of it when they hold one. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    code: RefusalCode,
    detail: string,
    options: { headers?: Readonly<Record<string, string>>; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.headers = options.headers ?? {}
    this.fields = options.fields ?? {}
  }

  /** What is sent. */
  get body(): Record<string, unknown> {
    return { detail: this.message, error_type: this.code, ...this.fields }
  }
}

/** 422 in the form of the schema's own refusals, for rules that no schema can say. */
export function invalidField(
  place: 'body' | 'querystring',
  name: string,
  type: FieldRefusalCode,
  message: string,
): HttpError {
  return new HttpError(422, 'invalid_fields', message, {
    fields: { detail: [{ loc: [place, name], msg: message, type }] },
  })
}

/** 429 with the time after which it is worth trying again. */
export function tooMany(code: RefusalCode, detail: string, retryAfterSeconds: number): HttpError {
  return new HttpError(429, code, detail, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
  })
}
