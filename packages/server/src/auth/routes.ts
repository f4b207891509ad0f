import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { accountOf } from '../http/account.ts'
import { HttpError, tooMany } from '../http/http-error.ts'
import { askedLanguage } from '../http/language.ts'
import { Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import { Email, PasswordText, User, Username, userObject } from '../users/schemas.ts'
import { addUser, findUserByEmail, findUserByName } from '../users/store.ts'
import { clearTokenCookie, setTokenCookie } from './cookies.ts'
import { CSRF_COOKIE, CSRF_HEADER, CSRF_SECONDS, issueCsrfToken } from './csrf.ts'
import { LoginAttempt } from './login-limits.ts'
import { checkPassword } from './password-rules.ts'
import { openSession, revokeSession } from './sessions.ts'
import { TOKEN_SECONDS } from './tokens.ts'
import { isSecondFactor } from './two-factor.ts'

const REGISTRATIONS_PER_HOUR = 20

const Token = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer(),
  password_must_change: Type.Boolean(),
})
const Credentials = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 300 }),
  password: PasswordText,
  totp_code: Type.Optional(Type.String({ maxLength: 20 })),
})
const CsrfToken = Type.Object({
  csrf_token: Type.String(),
  header_name: Type.String(),
  cookie_name: Type.String(),
  expires_in: Type.String(),
})

/** Logging in and out, registering, CSRF tokens. */
export function authRoutes(app: App, services: Services): void {
  app.post(
    '/api/token',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: Credentials, response: { 200: Token, ...refusals } },
    },
    async (request, reply) => {
      const user = await logIn(services, request, request.body)
      return openTokenSession(services, request, reply, user)
    },
  )
  app.post(
    '/api/token/renew',
    {
      config: { access: 'user', allowsTemporaryPassword: true },
      schema: {
        tags: ['auth'],
        summary: 'a new token for one that still holds',
        response: { 200: Token, ...refusals },
      },
    },
    async (request, reply) => {
      const account = accountOf(request)
      if (account.sessionId === null) throw new HttpError(400, 'keys_are_not_renewed', 'API keys are not renewed')
      const user = await findUserByName(services.database.query, account.username)
      const wasOpen = await revokeSession(services.database.query, account.id, account.sessionId, services.now())
      if (user === null || !wasOpen) throw new HttpError(401, 'session_over', 'Could not validate credentials')
      return openTokenSession(services, request, reply, user)
    },
  )
  app.post(
    '/api/logout',
    {
      config: { access: 'optional', allowsTemporaryPassword: true },
      schema: { tags: ['auth'], response: { 200: Message } },
    },
    async (request, reply) => {
      const { account } = request
      if (account?.sessionId != null) {
        await revokeSession(services.database.query, account.id, account.sessionId, services.now())
        await services.audit.write(request, { event: 'auth.logout', message: `User ${account.username} logged out` })
      }
      clearTokenCookie(reply)
      return { message: 'Logged out' }
    },
  )
  app.post(
    '/api/register',
    {
      config: { access: 'public' },
      schema: {
        tags: ['auth'],
        body: Type.Object({ username: Username, email: Email, password: PasswordText }),
        response: { 201: User, ...refusals },
      },
    },
    async (request, reply) => reply.code(201).send(userObject(await register(services, request, request.body))),
  )
  for (const [method, url] of [
    ['GET', '/api/csrf/token'],
    ['POST', '/api/csrf/refresh'],
  ] as const) {
    app.route({
      method,
      url,
      config: { access: 'user', allowsTemporaryPassword: true },
      schema: { tags: ['auth'], response: { 200: CsrfToken, ...refusals } },
      handler: async (request, reply) => ({
        csrf_token: issueCsrfToken(services, request, reply, accountOf(request)),
        header_name: CSRF_HEADER,
        cookie_name: CSRF_COOKIE,
        expires_in: String(CSRF_SECONDS),
      }),
    })
  }
}

/** Every way to fail costs the same time and, until the password was right, gives the same answer. @throws {HttpError} 401, 403, 429 */
async function logIn(
  services: Services,
  request: FastifyRequest,
  credentials: { username: string; password: string; totp_code?: string },
): Promise<StoredUser> {
  const { database, passwords, audit } = services
  const attempt = new LoginAttempt(services, credentials.username, request.ip)
  const actor = { id: null, name: credentials.username }
  const refuse = async (event: string, message: string) =>
    audit.write(request, { event, outcome: 'FAILURE', message, actor })
  try {
    await attempt.begin()
  } catch (error) {
    await refuse('auth.rate_limit', 'Login refused: too many failures')
    throw error
  }
  const user = await findUserByName(database.query, credentials.username)
  const isRight = await passwords.verify(credentials.password, user?.hashed_password ?? null)
  if (user === null || !isRight) {
    await refuse('auth.invalid_credentials', 'Login refused: wrong name or password')
    throw new HttpError(401, 'wrong_login', 'Incorrect username or password', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  if (!user.is_active) {
    await refuse('auth.failure', 'Login refused: account deactivated')
    throw new HttpError(403, 'account_deactivated', 'Account has been deactivated. Contact administrator.')
  }
  if (!user.is_approved) {
    await refuse('auth.failure', 'Login refused: account pending')
    throw new HttpError(403, 'account_pending', 'Account pending approval. Please wait for administrator approval.')
  }
  if (user.is_2fa_enabled) {
    if (credentials.totp_code === undefined || credentials.totp_code === '') {
      await attempt.suspend()
      throw new HttpError(401, 'second_factor_required', 'Two-factor authentication required', {
        headers: { 'x-mfa-required': 'true' },
      })
    }
    if (!(await isSecondFactor(services, user, credentials.totp_code))) {
      await refuse('auth.invalid_credentials', 'Login refused: wrong second factor')
      throw new HttpError(401, 'wrong_second_factor', 'Invalid 2FA code')
    }
  }
  await attempt.succeed()
  return user
}

async function openTokenSession(services: Services, request: FastifyRequest, reply: FastifyReply, user: StoredUser) {
  const { database, tokens, audit, now } = services
  const origin = { ip: request.ip, userAgent: request.headers['user-agent'] }
  const sessionId = await openSession(database.query, user.id, origin, now())
  await database.query.updateTable('users').set({ last_login: now().toISOString() }).where('id', '=', user.id).execute()
  const actor = { id: user.id, name: user.username }
  await audit.write(request, { event: 'auth.success', message: `User ${user.username} logged in`, actor })
  const token = await tokens.sign(user, sessionId)
  setTokenCookie(request, reply, token)
  return {
    access_token: token,
    token_type: 'bearer' as const,
    expires_in: TOKEN_SECONDS,
    password_must_change: user.password_must_change,
  }
}

/** @throws {HttpError} 400 taken, 403 closed, 422 weak, 429 */
async function register(
  services: Services,
  request: FastifyRequest,
  { username, email, password }: { username: string; email: string; password: string },
): Promise<StoredUser> {
  const { config, database, passwords, throttle, audit, mailer, now } = services
  if (!config.values.REGISTRATION_ENABLED)
    throw new HttpError(403, 'registration_closed', 'Registration is closed. Ask an administrator.')
  const { count, windowEndsInSeconds } = await throttle.count(`register:${request.ip}`, 3600)
  if (count > REGISTRATIONS_PER_HOUR)
    throw tooMany('too_many_registrations', 'Too many registrations. Please try again later.', windowEndsInSeconds)
  checkPassword(password, 'password', [username, email])
  const hashedPassword = await passwords.hash(password)
  if ((await findUserByName(database.query, username)) !== null)
    throw new HttpError(400, 'username_taken', 'Username already exists')
  if ((await findUserByEmail(database.query, email)) !== null)
    throw new HttpError(400, 'email_taken', 'Email already exists')
  const state = { role: 'user', isApproved: false, approvedBy: null, mustChangePassword: false } as const
  const language = askedLanguage(request) ?? 'en'
  const user = await addUser(database.query, { username, email, hashedPassword, language, ...state }, now())
  if (user === null) throw new HttpError(400, 'username_taken', 'Username already exists')
  const actor = { id: user.id, name: user.username }
  await audit.write(request, { event: 'auth.registered', message: `User ${user.username} registered`, actor })
  mailer.send('registration-pending', user)
  await mailer.tellAdministrators('approval-needed', { username: user.username, email: user.email })
  return user
}
