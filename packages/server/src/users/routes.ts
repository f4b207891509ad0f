import { Type } from 'typebox'
import { acceptNewPassword } from '../auth/change-password.ts'
import { LoginAttempt } from '../auth/login-limits.ts'
import { openSessions, revokeSession, revokeSessions } from '../auth/sessions.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import { IdParams, Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import { PasswordText, User, userObject } from './schemas.ts'
import { findUser, setPassword } from './store.ts'

const Session = Type.Object({
  id: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
  ip_address: Type.Union([Type.String(), Type.Null()]),
  user_agent: Type.Union([Type.String(), Type.Null()]),
  is_current: Type.Boolean(),
})
const CurrentSession = Type.Object({ user: Type.Union([User, Type.Null()]) })
const PasswordChange = Type.Object({ current_password: PasswordText, new_password: PasswordText })
const Preferences = Type.Object({
  language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')])),
  time_zone: Type.Optional(Type.String({ maxLength: 64 })),
})

/** A user's own account: password, preferences, sessions. */
export function userRoutes(app: App, services: Services): void {
  const { database, now } = services
  const config = { access: 'user', allowsTemporaryPassword: true } as const

  app.get(
    '/api/session',
    {
      config: { access: 'optional' },
      schema: {
        tags: ['users'],
        summary: 'who is logged in; null for nobody, without a refusal',
        response: { 200: CurrentSession, ...refusals },
      },
    },
    async ({ account }) => {
      if (account === null || account.sessionId === null) return { user: null }
      const row = await findUser(database.query, account.id)
      return { user: row === null ? null : userObject(row) }
    },
  )
  app.get(
    '/api/users/me',
    { config, schema: { tags: ['users'], response: { 200: User, ...refusals } } },
    async (request) => userObject(await ownRow(services, accountOf(request).id)),
  )
  app.put(
    '/api/users/me',
    { config, schema: { tags: ['users'], body: PasswordChange, response: { 200: User, ...refusals } } },
    async (request) => {
      const account = accountOf(request)
      const user = await ownRow(services, account.id)
      await confirmPassword(services, user, request.ip, request.body.current_password, 'Incorrect current password')
      const hashed = await acceptNewPassword(services, user, request.body.new_password)
      const changed = await database.query.transaction().execute(async (transaction) => {
        await revokeSessions(transaction, user.id, now(), account.sessionId)
        return setPassword(transaction, user.id, hashed, { mustChange: false, now: now() })
      })
      const message = `User ${user.username} changed the password`
      await services.audit.write(request, { event: 'auth.password_changed', message, subject: user.id })
      services.mailer.send('reset-done', user, { ip: request.ip, time: now().toISOString() })
      return userObject(changed)
    },
  )
  app.patch(
    '/api/users/me',
    {
      config: { access: 'user' },
      schema: { tags: ['users'], body: Preferences, response: { 200: User, ...refusals } },
    },
    async (request) => {
      const { language, time_zone } = request.body
      if (time_zone !== undefined && !isTimeZone(time_zone))
        throw new HttpError(400, 'unknown_time_zone', 'Unknown time zone')
      const changes = { ...(language && { language }), ...(time_zone && { time_zone }) }
      const { id } = accountOf(request)
      if (Object.keys(changes).length > 0) {
        await database.query.updateTable('users').set(changes).where('id', '=', id).execute()
      }
      return userObject(await ownRow(services, id))
    },
  )
  app.get(
    '/api/users/me/sessions',
    { config: { access: 'user' }, schema: { tags: ['users'], response: { 200: Type.Array(Session), ...refusals } } },
    async (request) => {
      const account = accountOf(request)
      const rows = await openSessions(database.query, account.id, now())
      return rows.map((row) => ({ ...row, is_current: row.id === account.sessionId }))
    },
  )
  app.delete(
    '/api/users/me/sessions/:id',
    {
      config: { access: 'user' },
      schema: { tags: ['users'], params: IdParams, response: { 200: Message, ...refusals } },
    },
    async (request) => {
      const { id } = request.params
      const isEnded = isUuid(id) && (await revokeSession(database.query, accountOf(request).id, id, now()))
      if (!isEnded) throw new HttpError(404, 'session_not_found', 'Session not found')
      return { message: 'Session ended' }
    },
  )
}

/** Wrong passwords count as failed logins, so that a stolen session is no way around the limits. @throws {HttpError} 401, 429 */
export async function confirmPassword(
  services: Services,
  user: StoredUser,
  ip: string,
  password: string,
  refusal: string,
): Promise<void> {
  const attempt = new LoginAttempt(services, user.username, ip)
  await attempt.begin()
  if (!(await services.passwords.verify(password, user.hashed_password)))
    throw new HttpError(401, 'wrong_password', refusal)
  await attempt.succeed()
}

/** The caller's row. */
export async function ownRow({ database }: Services, id: string): Promise<StoredUser> {
  const user = await findUser(database.query, id)
  if (user === null) throw new HttpError(401, 'session_over', 'Could not validate credentials')
  return user
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
