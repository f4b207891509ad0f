import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import { isHttps } from './cookies.ts'

export const CSRF_HEADER = 'X-CSRF-Token'
export const CSRF_COOKIE = 'fastapi-csrf-token'
export const CSRF_SECONDS = 1800

/** Makes a token that only goes with this session and sets it as cookie; the client repeats it in the header. */
export function issueCsrfToken(
  { config, now }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  account: Account,
): string {
  const body = `${randomBytes(16).toString('hex')}.${Math.floor(now().getTime() / 1000) + CSRF_SECONDS}`
  const token = `${body}.${signature(config.csrfSecretKey, body, account)}`
  reply.setCookie(CSRF_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(request),
    maxAge: CSRF_SECONDS,
  })
  return token
}

/** A request that changes something and is proved by a cookie needs the same token in cookie and header. @throws {HttpError} 403 */
export function checkCsrf({ config, now }: Services, request: FastifyRequest, account: Account): void {
  const header = request.headers[CSRF_HEADER.toLowerCase()]
  const cookie = request.cookies[CSRF_COOKIE]
  if (typeof header !== 'string' || cookie === undefined || !isSame(header, cookie)) throw refused()
  const [nonce, ends, signed] = header.split('.')
  if (signed === undefined || !isSame(signed, signature(config.csrfSecretKey, `${nonce}.${ends}`, account))) {
    throw refused()
  }
  if (!(Number(ends) * 1000 > now().getTime())) throw refused()
}

function signature(key: string, body: string, { sessionId }: Account): string {
  return createHmac('sha256', key).update(`${body}.${sessionId}`).digest('hex')
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function refused(): HttpError {
  return new HttpError(403, 'csrf_validation_failed', 'CSRF token missing or invalid')
}
