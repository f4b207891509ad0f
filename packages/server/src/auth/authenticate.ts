import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { type Account, type Scope, scopes } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import type { ProvedAccount } from './account-cache.ts'
import { TOKEN_COOKIE } from './cookies.ts'

/** Begins every API key, so that one is recognised wherever it turns up. */
export const API_KEY_PREFIX = 'pcapkey_'
/** When a key was used last is true to a minute. */
const KEY_USE_NOTED_MS = 60_000
const CHALLENGE = { headers: { 'www-authenticate': 'Bearer' } }

/** Who calls, where that is known already; null when it has to be asked. Tokens in addresses are not looked at. */
export function knownAccount({ accounts }: Services, request: FastifyRequest): Account | null {
  const header = request.headers.authorization
  if (header !== undefined) return accounts.find(header)
  const cookie = request.cookies[TOKEN_COOKIE]
  return cookie === undefined ? null : accounts.find(cookieProof(cookie))
}

/** Who calls: by bearer token, API key or cookie. @throws {HttpError} 401, 403 */
export async function accountOfRequest(services: Services, request: FastifyRequest): Promise<Account> {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
    if (token === undefined) throw new HttpError(401, 'session_over', 'Could not validate credentials', CHALLENGE)
    return services.accounts.read(header, () =>
      token.startsWith(API_KEY_PREFIX) ? ofApiKey(services, token) : ofToken(services, token, 'bearer'),
    )
  }
  const cookie = request.cookies[TOKEN_COOKIE]
  if (cookie === undefined || cookie === '')
    throw new HttpError(401, 'not_authenticated', 'Not authenticated', CHALLENGE)
  return services.accounts.read(cookieProof(cookie), () => ofToken(services, cookie, 'cookie'))
}

/** No header looks like this. */
function cookieProof(cookie: string): string {
  return `cookie ${cookie}`
}

async function ofToken(
  { tokens, database, now }: Services,
  token: string,
  proof: 'bearer' | 'cookie',
): Promise<ProvedAccount> {
  const claims = await tokens.read(token)
  if (claims === null) throw new HttpError(401, 'session_over', 'Could not validate credentials', CHALLENGE)
  const row = await database.query
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([...accountColumns, 'sessions.expires_at'])
    .where('sessions.id', '=', claims.sessionId)
    .where('sessions.user_id', '=', claims.userId)
    .where('sessions.revoked_at', 'is', null)
    .where('sessions.expires_at', '>', now().toISOString())
    .executeTakeFirst()
  const account = accountFrom(row, { sessionId: claims.sessionId, proof, scopes })
  return { account, untilMs: Math.min(claims.expiresMs, Date.parse(row?.expires_at ?? '')) }
}

async function ofApiKey({ database, now }: Services, key: string): Promise<ProvedAccount> {
  const at = now().toISOString()
  const row = await database.query
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select([...accountColumns, 'api_keys.scopes', 'api_keys.id as key_id', 'api_keys.expires_at'])
    .where('api_keys.key_hash', '=', hashOfKey(key))
    .where('api_keys.revoked_at', 'is', null)
    .where(({ eb, or }) => or([eb('api_keys.expires_at', 'is', null), eb('api_keys.expires_at', '>', at)]))
    .executeTakeFirst()
  if (row !== undefined) {
    const before = new Date(now().getTime() - KEY_USE_NOTED_MS).toISOString()
    await database.query
      .updateTable('api_keys')
      .set({ last_used_at: at })
      .where('id', '=', row.key_id)
      .where(({ eb, or }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', before)]))
      .execute()
  }
  const granted = row === undefined ? [] : (JSON.parse(row.scopes) as Scope[])
  const account = accountFrom(row, { sessionId: null, proof: 'key', scopes: granted })
  const expiresMs = row?.expires_at == null ? Number.POSITIVE_INFINITY : Date.parse(row.expires_at)
  return { account, untilMs: Math.min(expiresMs, now().getTime() + KEY_USE_NOTED_MS) }
}

/** Only this is stored of a key; keys are random, so nothing slower is needed. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

const accountColumns = [
  'users.id',
  'users.username',
  'users.email',
  'users.role',
  'users.is_active',
  'users.is_approved',
  'users.password_must_change',
  'users.language',
] as const

interface AccountRow {
  id: string
  username: string
  email: string
  role: 'admin' | 'user'
  is_active: boolean
  is_approved: boolean
  password_must_change: boolean
  language: string
}

function accountFrom(row: AccountRow | undefined, proof: Pick<Account, 'sessionId' | 'proof' | 'scopes'>): Account {
  if (row === undefined) throw new HttpError(401, 'session_over', 'Could not validate credentials', CHALLENGE)
  if (!row.is_active || !row.is_approved) throw new HttpError(403, 'account_inactive', 'User account is inactive')
  const { id, username, email, role, language } = row
  const tenant = { userId: id, role }
  return { id, username, email, role, tenant, language, mustChangePassword: row.password_must_change, ...proof }
}
