import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { checkFileName } from '../captures/file-name.ts'
import { sendKept } from '../changes/send-kept.ts'
import { taskStatuses } from '../db/schema.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import { IdParams, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { noTask, ownTask, tasksOf } from './own-task.ts'
import { Task, taskObject } from './task-object.ts'

const History = Type.Object({
  tasks: Type.Array(Task),
  count: Type.Integer(),
  total: Type.Union([Type.Integer(), Type.Null()]),
  limit: Type.Integer(),
  offset: Type.Integer(),
})
const HistoryQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
  status: Type.Optional(Type.Enum([...taskStatuses])),
  search: Type.Optional(Type.String({ maxLength: 255 })),
  sort: Type.Enum(['uploaded_at', 'filename', 'file_size_bytes', 'health_score'], { default: 'uploaded_at' }),
  order: Type.Enum(['asc', 'desc'], { default: 'desc' }),
  owner_id: Type.Optional(Type.String({ maxLength: 64 })),
})
const QueueStatus = Type.Object({
  queue_size: Type.Integer(),
  max_queue_size: Type.Integer(),
  queue_available: Type.Integer(),
  total_tasks: Type.Integer(),
  tasks_pending: Type.Integer(),
  tasks_processing: Type.Integer(),
  tasks_completed: Type.Integer(),
  tasks_failed: Type.Integer(),
})

/** Answers are shared within a tenant only. */
function tenantKey(request: FastifyRequest): string {
  const { userId, role } = accountOf(request).tenant
  return `${userId} ${role}`
}

/** State of tasks, history, queue, and what a user may do to a task. */
export function taskRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const
  const oneTask = { tags: ['tasks'], params: IdParams, response: { 200: Task, ...refusals } }

  app.get('/api/status/:id', { config, schema: oneTask }, (request, reply) => {
    const { id } = request.params
    const read = async () => taskObject(await ownTask(services, request, id))
    return sendKept(services, request, reply, { taskId: id.toLowerCase() }, read)
  })
  app.get(
    '/api/history',
    { config, schema: { tags: ['tasks'], querystring: HistoryQuery, response: { 200: History, ...refusals } } },
    (request, reply) => sendKept(services, request, reply, { list: request.url }, () => history(request)),
  )
  async function history(
    request: FastifyRequest<{ Querystring: Static<typeof HistoryQuery> }>,
  ): Promise<Static<typeof History>> {
    const { limit, offset, status, search, sort, order, owner_id } = request.query
    if (owner_id !== undefined && !isUuid(owner_id))
      throw new HttpError(400, 'invalid_id', 'Invalid owner_id format (must be UUID v4)')
    const asked = {
      limit,
      offset: offset ?? 0,
      sort,
      order,
      isCounted: offset !== undefined,
      ...(status && { status }),
      ...(search && { search }),
      ...(owner_id && { ownerId: owner_id }),
    }
    const key = `history ${tenantKey(request)} ${JSON.stringify(asked)}`
    const { tasks, total } = await services.sharedReads.read(key, () => tasksOf(services, request).list(asked))
    return { tasks: tasks.map(taskObject), count: tasks.length, total, limit, offset: offset ?? 0 }
  }
  app.get(
    '/api/queue/status',
    { config, schema: { tags: ['tasks'], response: { 200: QueueStatus, ...refusals } } },
    (request, reply) =>
      sendKept(services, request, reply, { list: request.url }, async () => {
        const counts = await tasksOf(services, request).counts()
        const { pending = 0, processing = 0, completed = 0, failed = 0 } = counts
        const most = services.config.values.MAX_QUEUE_SIZE
        return {
          queue_size: pending,
          max_queue_size: most,
          queue_available: Math.max(0, most - pending),
          total_tasks: Object.values(counts).reduce((sum, count) => sum + count, 0),
          tasks_pending: pending,
          tasks_processing: processing,
          tasks_completed: completed,
          tasks_failed: failed,
        }
      }),
  )
  app.post('/api/tasks/:id/cancel', { config, schema: oneTask }, async (request) => {
    const { task_id } = await ownTask(services, request, request.params.id)
    const tasks = tasksOf(services, request)
    const changed =
      (await tasks.change(
        task_id,
        { status: 'cancelled', current_phase: 'cancelled', expires_at: services.queue.expiry() },
        ['pending'],
      )) ?? (await tasks.change(task_id, { cancel_requested: true }, ['processing']))
    if (changed === null) throw new HttpError(409, 'wrong_task_state', 'Only waiting or running tasks can be cancelled')
    services.queue.interrupt(task_id)
    await services.audit.write(request, {
      event: 'analysis.cancelled',
      message: `User ${accountOf(request).username} cancelled an analysis`,
      subject: task_id,
    })
    return taskObject(changed)
  })
  for (const [action, states] of [
    ['retry', ['failed', 'cancelled']],
    ['reanalyse', ['completed']],
  ] as const) {
    app.post(`/api/tasks/:id/${action}`, { config, schema: oneTask }, async (request) => {
      const { task_id, capture_key } = await ownTask(services, request, request.params.id)
      if (capture_key === null)
        throw new HttpError(409, 'capture_gone', 'The capture is not stored any more; upload it again')
      const again = {
        status: 'pending',
        attempts: 0,
        cancel_requested: false,
        error_code: null,
        error_message: null,
        expires_at: null,
        progress_percent: 0,
        packets_processed: null,
        current_phase: 'queued',
      } as const
      const changed = await tasksOf(services, request).change(task_id, again, states)
      if (changed === null) throw new HttpError(409, 'wrong_task_state', `Only ${states.join(' or ')} tasks allow this`)
      services.queue.poke()
      return taskObject(changed)
    })
  }
  app.patch(
    '/api/tasks/:id',
    { config, schema: { ...oneTask, body: Type.Object({ filename: Type.String({ maxLength: 1000 }) }) } },
    async (request) => {
      const { task_id } = await ownTask(services, request, request.params.id)
      const renamed = await tasksOf(services, request).change(task_id, {
        filename: checkFileName(request.body.filename),
      })
      if (renamed === null) throw noTask(task_id)
      return taskObject(renamed)
    },
  )
}
