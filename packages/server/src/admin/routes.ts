import { type Static, Type } from 'typebox'
import { randomPassword } from '../auth/first-admin.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { IdParams, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { Email, Role, User, Username, userObject } from '../users/schemas.ts'
import { addUser, findUserByEmail, findUserByName } from '../users/store.ts'
import { AdminActions } from './actions.ts'
import { listUsers } from './store.ts'

const TEMPORARY_LENGTH = 16
const ListQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
  status: Type.Optional(Type.Enum(['pending', 'approved', 'blocked'])),
  role: Type.Optional(Role),
  search: Type.Optional(Type.String({ maxLength: 255 })),
})
const Page = Type.Object({
  users: Type.Array(User),
  total: Type.Integer(),
  offset: Type.Integer(),
  limit: Type.Integer(),
})
const Created = Type.Object({ user: User, temporary_password: Type.String(), message: Type.String() })
const Reset = Type.Object({
  user_id: Type.String(),
  username: Type.String(),
  message: Type.String(),
  temporary_password: Type.Optional(Type.String()),
})
const Deleted = Type.Object({
  message: Type.String(),
  user_id: Type.String(),
  username: Type.String(),
  files_deleted: Type.Object({ uploads: Type.Integer(), reports: Type.Integer() }),
  errors: Type.Union([Type.Array(Type.String()), Type.Null()]),
})
/** One type with two names, so that null stays null; of two alternatives the first would make it 0. */
const Quota = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0 })
const Quotas = Type.Object({ quota_bytes: Quota, quota_tasks: Quota })

/** What administrators do to one user at a time. */
export function adminRoutes(app: App, services: Services): void {
  const config = { access: 'admin' } as const
  const tags = ['admin']
  const oneUser = { tags, params: IdParams, response: { 200: User, ...refusals } }
  const { database, passwords, audit, mailer, now } = services

  app.get(
    '/api/users',
    {
      config,
      schema: { tags, querystring: ListQuery, response: { 200: Type.Union([Type.Array(User), Page]), ...refusals } },
    },
    async (request) => {
      const { limit, offset, status, role, search } = request.query
      const { users, total } = await listUsers(database.query, {
        limit,
        offset: offset ?? 0,
        ...(status && { status }),
        ...(role && { role }),
        ...(search && { search }),
      })
      const listed: Static<typeof User>[] = users.map(userObject)
      return offset === undefined ? listed : { users: listed, total, offset, limit }
    },
  )
  for (const action of ['approve', 'block', 'unblock'] as const) {
    app.put(`/api/admin/users/:id/${action}`, { config, schema: oneUser }, async (request) =>
      userObject(await new AdminActions(services, request)[action](request.params.id)),
    )
  }
  app.put(
    '/api/admin/users/:id/role',
    { config, schema: { ...oneUser, body: Type.Object({ role: Role }) } },
    async (request) =>
      userObject(await new AdminActions(services, request).changeRole(request.params.id, request.body.role)),
  )
  app.put('/api/admin/users/:id/quota', { config, schema: { ...oneUser, body: Quotas } }, async (request) => {
    const { id } = await new AdminActions(services, request).user(request.params.id)
    const changed = database.query.updateTable('users').set(request.body).where('id', '=', id).returningAll()
    return userObject(await changed.executeTakeFirstOrThrow())
  })
  app.delete('/api/admin/users/:id/2fa', { config, schema: oneUser }, async (request) =>
    userObject(await new AdminActions(services, request).removeSecondFactor(request.params.id)),
  )
  app.delete(
    '/api/admin/users/:id',
    { config, schema: { tags, params: IdParams, response: { 200: Deleted, ...refusals } } },
    async (request) => {
      const { user, uploads, reports } = await new AdminActions(services, request).delete(request.params.id)
      return {
        message: `User ${user.username} deleted successfully`,
        user_id: user.id,
        username: user.username,
        files_deleted: { uploads, reports },
        errors: null,
      }
    },
  )
  app.post(
    '/api/admin/users',
    {
      config,
      schema: {
        tags,
        body: Type.Object({ username: Username, email: Email, role: Type.Optional(Role) }),
        response: { 201: Created, ...refusals },
      },
    },
    async (request, reply) => {
      const { username, email, role = 'user' } = request.body
      const temporary = randomPassword(TEMPORARY_LENGTH)
      if ((await findUserByName(database.query, username)) !== null)
        throw new HttpError(400, 'username_taken', 'Username already exists')
      if ((await findUserByEmail(database.query, email)) !== null)
        throw new HttpError(400, 'email_taken', 'Email already exists')
      const hashedPassword = await passwords.hash(temporary)
      const approvedBy = accountOf(request).id
      const fields = { username, email, role, hashedPassword, approvedBy, isApproved: true, mustChangePassword: true }
      const user = await addUser(database.query, fields, now())
      if (user === null) throw new HttpError(400, 'username_taken', 'Username already exists')
      const message = `Admin ${accountOf(request).username} created user ${user.username} (id: ${user.id})`
      await audit.write(request, { event: 'admin.user.created', severity: 'WARNING', message, subject: user.id })
      return reply.code(201).send({
        user: userObject(user),
        temporary_password: temporary,
        message: 'User created. The password is shown only once and must be changed at the first login.',
      })
    },
  )
  app.post(
    '/api/admin/users/:id/reset-password',
    {
      config,
      schema: {
        tags,
        params: IdParams,
        body: Type.Object({
          send_email: Type.Boolean({ default: true }),
          notify_user: Type.Boolean({ default: true }),
        }),
        response: { 200: Reset, ...refusals },
      },
    },
    async (request) => {
      const { user, temporaryPassword } = await new AdminActions(services, request).resetPassword(request.params.id)
      // without mails nobody would ever learn the password
      const isMailed = request.body.send_email && mailer.isEnabled
      if (isMailed) mailer.send('reset-by-administrator', user, { temporaryPassword })
      else if (request.body.notify_user) mailer.send('reset-done', user, { ip: request.ip, time: now().toISOString() })
      return {
        user_id: user.id,
        username: user.username,
        message: isMailed ? 'Password reset; it was sent by mail' : 'Password reset',
        ...(isMailed ? {} : { temporary_password: temporaryPassword }),
      }
    },
  )
}
