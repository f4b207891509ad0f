import type { HttpResponse } from '../../protocols/messages.ts'
import { FAILED, type Outcome, SUCCEEDED } from './attempts.ts'

const UNAUTHORIZED = 401
const FORBIDDEN = 403
const MOST_PATH = 120
/** Paths that take names and passwords in forms. */
const LOGIN_PATH = /log-?in|log-?on|sign-?in|auth|session|token|passw|xmlrpc/i

/** An attempt to log in to a web page. */
export interface WebAttempt {
  readonly path: string
  readonly outcome: Outcome
}

/**
 * What a response says of a login. A 401 always is a refusal, a 403 after a form was sent; a form sent to a page that by its name
 * takes passwords failed unless it sends the browser elsewhere. Null when no login is involved.
 */
export function webAttempt(response: HttpResponse): WebAttempt | null {
  const { request, status } = response
  if (request === null || status < 200) return null
  const query = request.uri.indexOf('?')
  const path = request.uri.slice(0, query < 0 ? MOST_PATH : Math.min(query, MOST_PATH))
  const isForm = request.method === 'POST'
  if (status === UNAUTHORIZED || (status === FORBIDDEN && isForm)) return { path, outcome: FAILED }
  if (isForm && LOGIN_PATH.test(path)) return { path, outcome: status >= 300 && status < 400 ? SUCCEEDED : FAILED }
  return status < 400 ? { path, outcome: SUCCEEDED } : null
}
