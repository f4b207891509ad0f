import { PassThrough } from 'node:stream'
import { Type } from 'typebox'
import { IdParams, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { ownTask } from '../tasks/own-task.ts'
import type { ProgressEvent } from './events.ts'

const HEARTBEAT_MS = 15_000
const RETRY_MS = 3000

const History = Type.Object({
  task_id: Type.String(),
  snapshots: Type.Array(
    Type.Unsafe<Record<string, unknown>>(Type.Object({ id: Type.Integer() }, { additionalProperties: true })),
  ),
  count: Type.Integer(),
})

/** How far tasks are: as a stream, and what was stored of it. */
export function progressRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const

  const open = new Set<PassThrough>()
  // viewers come back, to whoever answers then
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end()
  })

  app.get('/api/progress/:id', { config, schema: { tags: ['tasks'], params: IdParams } }, async (request, reply) => {
    const { task_id, status } = await ownTask(services, request, request.params.id)
    const seen = Number(request.headers['last-event-id'] ?? 0)
    const after = Number.isSafeInteger(seen) && seen > 0 ? seen : 0
    const stream = new PassThrough()
    open.add(stream)
    stream.once('close', () => open.delete(stream))
    reply.raw.once('close', () => stream.destroy())
    const isOver = status !== 'pending' && status !== 'processing'
    void streamProgress(services, { taskId: task_id, isOver, after }, stream)
    return reply
      .headers({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
      .type('text/event-stream')
      .send(stream)
  })
  app.get(
    '/api/progress/history/:id',
    { config, schema: { tags: ['tasks'], params: IdParams, response: { 200: History, ...refusals } } },
    async (request) => {
      const { task_id } = await ownTask(services, request, request.params.id)
      const events = await services.progress.stored(task_id, 0)
      return { task_id, snapshots: events.map(({ id, data }) => ({ id, ...data })), count: events.length }
    },
  )
}

/** First what was stored, then what comes; ends with the task. */
async function streamProgress(
  { progress, log }: Services,
  { taskId, isOver, after }: { taskId: string; isOver: boolean; after: number },
  stream: PassThrough,
): Promise<void> {
  let last = after
  let release = () => {}
  const beat = setInterval(() => stream.write(': heartbeat\n\n'), HEARTBEAT_MS)
  for (const end of ['finish', 'close']) {
    stream.once(end, () => {
      clearInterval(beat)
      release()
    })
  }
  const tell = (event: ProgressEvent) => {
    if (event.id <= last || stream.writableEnded || stream.destroyed) return
    last = event.id
    stream.write(`id: ${event.id}\ndata: ${JSON.stringify(event.data)}\n\n`)
  }
  try {
    stream.write(`retry: ${RETRY_MS}\n\n`)
    const stored = await progress.stored(taskId, after)
    for (const event of fromLastBeginning(stored)) tell(event)
    if (isOver || stored.at(-1)?.isLast === true) {
      stream.end()
      return
    }
    if (stream.destroyed || stream.writableEnded) return
    release = progress.watch(taskId, last, (event) => {
      tell(event)
      if (event.isLast) stream.end()
    })
  } catch (error) {
    log.warn({ err: error }, 'a progress stream broke off')
    stream.destroy()
  }
}

/** Without what was before a task was begun anew; the history has that too. */
function fromLastBeginning(events: readonly ProgressEvent[]): readonly ProgressEvent[] {
  return events.slice(
    Math.max(
      0,
      events.findLastIndex(({ data }) => data.phase === 'queued'),
    ),
  )
}
