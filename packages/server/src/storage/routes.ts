import { sql } from 'kysely'
import { Type } from 'typebox'
import { quotaOf } from '../captures/accept-capture.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import { refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { tasksOf } from '../tasks/own-task.ts'

const MIB = 1 << 20
const MOST_USERS = 500
const Quota = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
const Usage = Type.Object({
  used_bytes: Type.Integer(),
  used_tasks: Type.Integer(),
  quota_bytes: Type.Integer(),
  quota_tasks: Type.Integer(),
  most_upload_bytes: Type.Integer(),
})
const Storage = Type.Object({
  default_quota_bytes: Type.Integer(),
  default_quota_tasks: Type.Integer(),
  users: Type.Array(
    Type.Object({
      user_id: Type.String(),
      username: Type.String(),
      used_bytes: Type.Integer(),
      used_tasks: Type.Integer(),
      quota_bytes: Quota,
      quota_tasks: Quota,
    }),
  ),
})
const Same = Type.Object({
  same: Type.Union([
    Type.Null(),
    Type.Object({ task_id: Type.String(), analyzed_at: Type.Union([Type.String(), Type.Null()]) }),
  ]),
})

/** What is stored, by whom, and what may be. */
export function storageRoutes(app: App, services: Services): void {
  const { config, database } = services

  app.get(
    '/api/users/me/usage',
    { config: { access: 'user' }, schema: { tags: ['users'], response: { 200: Usage, ...refusals } } },
    async (request) => {
      const used = await tasksOf(services, request).usage()
      const quota = await quotaOf(services, request)
      return {
        used_bytes: used.bytes,
        used_tasks: used.tasks,
        quota_bytes: quota.bytes,
        quota_tasks: quota.tasks,
        most_upload_bytes: config.values.MAX_UPLOAD_SIZE_MB * MIB,
      }
    },
  )
  app.get(
    '/api/captures/:sha256',
    {
      config: { access: 'user' },
      schema: {
        tags: ['captures'],
        summary: 'whether the caller had a capture of these bytes analysed already',
        params: Type.Object({ sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
        response: { 200: Same, ...refusals },
      },
    },
    async (request) => {
      const same = await tasksOf(services, request).findSame(request.params.sha256)
      return { same: same === null ? null : { task_id: same.task_id, analyzed_at: same.analyzed_at } }
    },
  )
  app.get(
    '/api/admin/storage',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['admin'],
        summary: 'what each user stores, the most first',
        response: { 200: Storage, ...refusals },
      },
    },
    async () => {
      const users = await asTenant(database, SERVICE, (transaction) =>
        transaction
          .selectFrom('users')
          .leftJoin('tasks', (join) =>
            join.onRef('tasks.owner_id', '=', 'users.id').on('tasks.status', '!=', 'expired'),
          )
          .select(({ fn }) => [
            'users.id as user_id',
            'users.username',
            'users.quota_bytes',
            'users.quota_tasks',
            sql<number>`coalesce(sum(case when tasks.capture_key is not null then tasks.file_size_bytes else 0 end), 0)`.as(
              'used_bytes',
            ),
            fn.count<number>('tasks.task_id').as('used_tasks'),
          ])
          .groupBy(['users.id', 'users.username', 'users.quota_bytes', 'users.quota_tasks'])
          .orderBy('used_bytes', 'desc')
          .orderBy('users.username')
          .limit(MOST_USERS)
          .execute(),
      )
      return {
        default_quota_bytes: config.values.QUOTA_MB * MIB,
        default_quota_tasks: config.values.QUOTA_TASKS,
        users: users.map((user) => ({
          ...user,
          used_bytes: Number(user.used_bytes),
          used_tasks: Number(user.used_tasks),
        })),
      }
    },
  )
}
