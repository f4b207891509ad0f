import { takeFirstAnswer } from './first-answers.ts'

/** A refusal of the service: its status, what it says, and the fields beside that. */
export class Refused extends Error {
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>
  /** Why, for programs; empty where something else than the service answered. */
  readonly code: string
  readonly wantsSecondFactor: boolean
  /** Nobody is logged in; a wrong password is another 401. */
  readonly isSessionOver: boolean

  /** @param header reads a header of the answer */
  constructor(status: number, fields: Readonly<Record<string, unknown>>, header: (name: string) => string | null) {
    super(detailOf(fields) ?? `HTTP ${status}`)
    this.name = 'Refused'
    this.status = status
    this.fields = fields
    this.code = typeof fields.error_type === 'string' ? fields.error_type : ''
    this.wantsSecondFactor = header('x-mfa-required') === 'true'
    this.isSessionOver = status === 401 && header('www-authenticate') !== null
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Told when a call is refused because nobody is logged in, or because the password has to be changed first. */
export const refusalListeners: { onLoggedOut: () => void; onPasswordChange: () => void } = {
  onLoggedOut: () => {},
  onPasswordChange: () => {},
}

let csrfToken: string | null = null

/** After another session began, the token of the one before is worth nothing. */
export function forgetCsrfToken(): void {
  csrfToken = null
}

/** The token that goes with the session's cookie into every request that changes something. */
export async function csrfHeader(): Promise<Record<string, string>> {
  csrfToken ??= (await read<{ csrf_token: string }>(await fetch('/api/csrf/token'))).csrf_token
  return { 'x-csrf-token': csrfToken }
}

/** Calls the service with the cookie of the session. @throws {Refused} */
export async function call<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  /** Gives the answer up. */
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return await send<Answer>(method, path, body, method === 'GET' ? {} : await csrfHeader(), signal)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (error.code === 'csrf_validation_failed') {
      forgetCsrfToken()
      return send<Answer>(method, path, body, await csrfHeader())
    }
    if (error.code === 'password_change_required') refusalListeners.onPasswordChange()
    if (error.isSessionOver) refusalListeners.onLoggedOut()
    throw error
  }
}

/** Calls what anybody may call. @throws {Refused} */
export function callWithoutSession<Answer>(method: Method, path: string, body: unknown): Promise<Answer> {
  return send<Answer>(method, path, body, {})
}

async function send<Answer>(
  method: Method,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Answer> {
  const early = method === 'GET' ? takeFirstAnswer(path) : undefined
  const response = await (early ??
    fetch(path, {
      method,
      ...(signal === undefined ? {} : { signal }),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }))
  return read<Answer>(response)
}

async function read<Answer>(response: Response): Promise<Answer> {
  const answer: unknown = await response.json().catch(() => ({}))
  if (response.ok) return answer as Answer
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>
  throw new Refused(response.status, fields, (name) => response.headers.get(name))
}

function detailOf({ detail }: Readonly<Record<string, unknown>>): string | null {
  if (typeof detail === 'string') return detail
  if (!Array.isArray(detail)) return null
  return detail
    .map(({ loc, msg }: { loc?: unknown[]; msg?: string }) => {
      const field = loc?.at(-1)
      return typeof field === 'string' && field !== 'body' ? `${field}: ${msg}` : msg
    })
    .join('; ')
}
