import { Type } from 'typebox'
import { shareLevels } from '../db/schema.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import { IdParams, Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { ownTask } from '../tasks/own-task.ts'
import { findUserByName } from '../users/store.ts'
import { sharedTask } from './access.ts'
import { ShareStore } from './store.ts'

const DAY_MS = 86_400_000
const OptionalText = Type.Union([Type.String(), Type.Null()])
const Level = Type.Enum([...shareLevels])
const Share = Type.Object({
  id: Type.String(),
  task_id: Type.String(),
  level: Level,
  created_at: Type.String(),
  expires_at: OptionalText,
  owner_username: OptionalText,
  recipient_username: OptionalText,
  filename: Type.Optional(Type.String()),
})
const NewShare = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 50 }),
  level: Level,
  expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
})
const Access = Type.Object({
  level: Level,
  is_own: Type.Boolean(),
  owner_username: OptionalText,
  has_capture: Type.Boolean(),
})

/** Showing a report to another user of this service, up to a level; its link is the report's own. */
export function shareRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const
  const tags = ['shares']
  const { database, audit, now } = services
  const storeOf = (tenant: ConstructorParameters<typeof ShareStore>[1]) => new ShareStore(database, tenant, now)

  app.get(
    '/api/tasks/:id/access',
    {
      config,
      schema: {
        tags,
        summary: 'how much of a report the caller may see',
        params: IdParams,
        response: { 200: Access, ...refusals },
      },
    },
    async (request) => {
      const { task, right, isOwn } = await sharedTask(services, request, request.params.id, 'summary')
      return {
        level: right,
        is_own: isOwn,
        owner_username: task.owner_username,
        has_capture: task.capture_key !== null,
      }
    },
  )
  app.get(
    '/api/tasks/:id/shares',
    { config, schema: { tags, params: IdParams, response: { 200: Type.Array(Share), ...refusals } } },
    async (request) => {
      const { task_id } = await ownTask(services, request, request.params.id)
      return storeOf(accountOf(request).tenant).ofTask(task_id)
    },
  )
  app.post(
    '/api/tasks/:id/shares',
    { config, schema: { tags, params: IdParams, body: NewShare, response: { 201: Message, ...refusals } } },
    async (request, reply) => {
      const { task_id } = await ownTask(services, request, request.params.id)
      const { username, level, expires_in_days: days } = request.body
      const recipient = await findUserByName(database.query, username.toLowerCase())
      const account = accountOf(request)
      if (recipient === null || !recipient.is_active || !recipient.is_approved || recipient.id === account.id) {
        throw new HttpError(400, 'no_such_recipient', 'There is no such user to share with')
      }
      const expiresAt = days === undefined ? null : new Date(now().getTime() + days * DAY_MS).toISOString()
      await storeOf(account.tenant).add(task_id, recipient.id, level, expiresAt)
      await audit.write(request, {
        event: 'data.shared',
        severity: 'WARNING',
        message: `User ${account.username} shared a report`,
        subject: task_id,
        details: { with: recipient.username, level, expires_at: expiresAt },
      })
      return reply.code(201).send({ message: 'The report is shared' })
    },
  )
  app.delete(
    '/api/tasks/:id/shares/:shareId',
    {
      config,
      schema: {
        tags,
        params: Type.Object({ ...IdParams.properties, shareId: Type.String({ maxLength: 100 }) }),
        response: { 200: Message, ...refusals },
      },
    },
    async (request) => {
      const { shareId } = request.params
      const { task_id } = await ownTask(services, request, request.params.id)
      const account = accountOf(request)
      const isGone = isUuid(shareId) && (await storeOf(account.tenant).remove(task_id, shareId.toLowerCase()))
      if (!isGone) throw new HttpError(404, 'share_not_found', 'Share not found')
      const message = `User ${account.username} ended a share`
      await audit.write(request, { event: 'data.share_ended', message, subject: task_id })
      return { message: 'The share has ended' }
    },
  )
  app.get(
    '/api/shares',
    {
      config,
      schema: {
        tags,
        summary: 'reports that others share with the caller',
        response: { 200: Type.Array(Share), ...refusals },
      },
    },
    async (request) => storeOf(accountOf(request).tenant).received(),
  )
}
