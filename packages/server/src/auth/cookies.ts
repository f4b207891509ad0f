import type { FastifyReply, FastifyRequest } from 'fastify'
import { TOKEN_SECONDS } from './tokens.ts'

export const TOKEN_COOKIE = 'access_token'

/** True on TLS, also before a proxy that is trusted. */
export function isHttps(request: FastifyRequest): boolean {
  return request.protocol === 'https'
}

export function setTokenCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(TOKEN_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(request),
    maxAge: TOKEN_SECONDS,
  })
}

export function clearTokenCookie(reply: FastifyReply): void {
  reply.setCookie(TOKEN_COOKIE, '', { path: '/', httpOnly: true, sameSite: 'lax', maxAge: 0 })
}
