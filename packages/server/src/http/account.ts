import type { FastifyRequest } from 'fastify'
import type { Tenant } from '../db/tenant.ts'
import { HttpError } from './http-error.ts'

export const scopes = ['read', 'write'] as const
/** What an API key may do; tokens and cookies may do everything. */
export type Scope = (typeof scopes)[number]

/** Who calls, and how that was proved. */
export interface Account {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly role: 'admin' | 'user'
  readonly tenant: Tenant
  /** The session of a token or cookie; null for an API key. */
  readonly sessionId: string | null
  readonly proof: 'bearer' | 'cookie' | 'key'
  readonly scopes: readonly Scope[]
  readonly mustChangePassword: boolean
  readonly language: string
}

/** Who may call a route. Every route says it; one that does not ends the start of the service. */
export type Access = 'public' | 'optional' | 'user' | 'admin'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** Also for those whose password has to be changed first. */
    allowsTemporaryPassword?: boolean
  }
  interface FastifyRequest {
    account: Account | null
  }
}

/** The caller of a route that is not public. */
export function accountOf(request: FastifyRequest): Account {
  if (request.account === null) throw new HttpError(401, 'not_authenticated', 'Not authenticated')
  return request.account
}
