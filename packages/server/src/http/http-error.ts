/** A refusal with its status; `detail` is what the client reads. */
export class HttpError extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Fields of the answer beside `detail`, or instead of it when they hold one. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    detail: string,
    options: { headers?: Readonly<Record<string, string>>; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail)
    this.name = 'HttpError'
    this.status = status
    this.headers = options.headers ?? {}
    this.fields = options.fields ?? {}
  }

  /** What is sent. */
  get body(): Record<string, unknown> {
    return { detail: this.message, ...this.fields }
  }
}

/** 422 in the form of the schema's own refusals, for rules that no schema can say. */
export function invalidField(place: 'body' | 'querystring', name: string, message: string): HttpError {
  return new HttpError(422, message, {
    fields: { detail: [{ loc: [place, name], msg: message, type: 'value_error' }] },
  })
}

/** 429 with the time after which it is worth trying again. */
export function tooMany(detail: string, retryAfterSeconds: number): HttpError {
  return new HttpError(429, detail, { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) } })
}
