import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { HttpError, tooMany } from '../http/http-error.ts'
import type { RefusalCode } from '../http/refusal-codes.ts'
import { Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { Email, PasswordText } from '../users/schemas.ts'
import { findUser, findUserByEmail, setPassword } from '../users/store.ts'
import { acceptNewPassword } from './change-password.ts'
import { revokeSessions } from './sessions.ts'

const TOKEN_BYTES = 32
const TOKEN_MS = 3_600_000
const REQUESTS = 3
const WINDOW_SECONDS = 900
/** Every answer to a request for a reset takes this long, whether the address is known or not. */
const ANSWER_MS = 300
const GENERIC = 'If the address is known, a mail with a link to reset the password is on its way.'
const INVALID = 'Invalid or expired token'
const TokenText = Type.String({ maxLength: 200 })

/** Self-service reset of a password. */
export function resetRoutes(app: App, services: Services): void {
  const config = { access: 'public' } as const
  const tags = ['auth']
  const { database, throttle, audit, mailer, now } = services

  app.post(
    '/api/auth/forgot-password',
    { config, schema: { tags, body: Type.Object({ email: Email }), response: { 200: Message, ...refusals } } },
    async (request) => {
      const { count, windowEndsInSeconds } = await throttle.count(`reset:${request.ip}`, WINDOW_SECONDS)
      if (count > REQUESTS)
        throw tooMany('too_many_resets', 'Too many reset requests. Please try again later.', windowEndsInSeconds)
      const answered = new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
      const working = requestReset(services, request, request.body.email).catch((error) =>
        request.log.error({ err: error }, 'a reset could not be prepared'),
      )
      await Promise.all([answered, working])
      return { message: GENERIC }
    },
  )
  app.post(
    '/api/auth/validate-reset-token',
    { config, schema: { tags, body: Type.Object({ token: TokenText }) } },
    async (request, reply) => {
      const found = await findToken(services, request.body.token)
      if (found === null)
        return reply.code(400).send({
          valid: false,
          message: INVALID,
          detail: INVALID,
          error_type: 'reset_link_invalid' satisfies RefusalCode,
        })
      const user = await findUser(database.query, found.user_id)
      return { valid: true, email: masked(user?.email ?? '') }
    },
  )
  app.post(
    '/api/auth/reset-password',
    {
      config,
      schema: {
        tags,
        body: Type.Object({ token: TokenText, new_password: PasswordText }),
        response: { 200: Message, ...refusals },
      },
    },
    async (request) => {
      const found = await findToken(services, request.body.token)
      const user = found === null ? null : await findUser(database.query, found.user_id)
      if (found === null || user === null || !user.is_active)
        throw new HttpError(400, 'reset_link_invalid', `${INVALID}. Ask for a new link.`)
      const hashed = await acceptNewPassword(services, user, request.body.new_password)
      const at = now().toISOString()
      await database.query.transaction().execute(async (transaction) => {
        const used = await transaction
          .updateTable('password_reset_tokens')
          .set({ used_at: at })
          .where('user_id', '=', user.id)
          .where('used_at', 'is', null)
          .returning('id')
          .execute()
        // of two uses at once, one finds it used
        if (!used.some(({ id }) => id === found.id))
          throw new HttpError(400, 'reset_link_invalid', `${INVALID}. Ask for a new link.`)
        await revokeSessions(transaction, user.id, now())
        await setPassword(transaction, user.id, hashed, { mustChange: false, now: now() })
      })
      const actor = { id: user.id, name: user.username }
      const message = `User ${user.username} reset the password`
      await audit.write(request, { event: 'PASSWORD_RESET_SUCCESS', message, subject: user.id, actor })
      mailer.send('reset-done', user, { ip: request.ip, time: at })
      return { message: 'Password changed. Log in with the new one.' }
    },
  )
}

async function requestReset(services: Services, request: FastifyRequest, email: string): Promise<void> {
  const { database, audit, mailer, now } = services
  const user = await findUserByEmail(database.query, email)
  const known = user?.is_active && user.is_approved ? user : null
  await audit.write(request, {
    event: 'PASSWORD_RESET_REQUESTED',
    message: 'Password reset requested',
    ...(known && { subject: known.id }),
  })
  if (known === null) return
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const time = now()
  await database.query
    .insertInto('password_reset_tokens')
    .values({
      id: randomUUID(),
      user_id: known.id,
      token_hash: hashOfToken(token),
      created_at: time.toISOString(),
      expires_at: new Date(time.getTime() + TOKEN_MS).toISOString(),
      used_at: null,
      ip_address: request.ip,
      user_agent: request.headers['user-agent']?.slice(0, 300) ?? null,
    })
    .execute()
  mailer.send('reset-requested', known, { token, ip: request.ip, time: time.toISOString() })
}

async function findToken({ database, now }: Services, token: string): Promise<{ id: string; user_id: string } | null> {
  const found = await database.query
    .selectFrom('password_reset_tokens')
    .select(['id', 'user_id'])
    .where('token_hash', '=', hashOfToken(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now().toISOString())
    .executeTakeFirst()
  return found ?? null
}

function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function masked(email: string): string {
  const [name, domain] = email.split('@')
  return `${name.slice(0, 1)}***@${domain}`
}
