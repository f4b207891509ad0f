import { version } from '@pcap-analyzer/engine'
import { Type } from 'typebox'
import type { App, Services } from '../services.ts'
import { Health } from './health.ts'

const State = Type.Unsafe<Record<string, unknown>>(
  Type.Object({ status: Type.String(), database: Type.Optional(Type.String()) }, { additionalProperties: true }),
)
const answers = { 200: State, 503: State }

/** Whether the service is alive, ready, and what it is doing. */
export function healthRoutes(app: App, services: Services): void {
  const health = new Health(services)
  const config = { access: 'public' } as const
  const schema = { tags: ['health'], response: answers }

  app.get('/api/health/live', { config, schema, logLevel: 'warn' }, async () => ({ status: 'ok' }))
  for (const url of ['/api/health/ready', '/api/health/database'] as const) {
    app.get(url, { config, schema, logLevel: 'warn' }, async (_request, reply) => {
      const { isConnected, latencyMs } = await health.database()
      return reply.code(isConnected ? 200 : 503).send({ ...stateOf(isConnected), latency_ms: latencyMs })
    })
  }
  app.get('/api/health', { config, schema, logLevel: 'warn' }, async (_request, reply) => {
    const { isConnected } = await health.database()
    return reply
      .code(isConnected ? 200 : 503)
      .send({ ...stateOf(isConnected), version, uptime_seconds: health.uptimeSeconds })
  })
  app.get(
    '/api/health/detailed',
    { config: { access: 'admin' }, schema, logLevel: 'warn' },
    async (_request, reply) => {
      const { isConnected, latencyMs } = await health.database()
      const counts = isConnected ? await health.taskCounts() : {}
      const { rss } = process.memoryUsage()
      return reply.code(isConnected ? 200 : 503).send({
        ...stateOf(isConnected),
        version,
        uptime_seconds: health.uptimeSeconds,
        database_latency_ms: latencyMs,
        database_dialect: services.database.dialect,
        pool: services.database.pool?.occupancy ?? null,
        active_analyses: counts.processing ?? 0,
        queue_size: counts.pending ?? 0,
        total_tasks_completed: counts.completed ?? 0,
        total_tasks_failed: counts.failed ?? 0,
        disk_space_gb_available: await health.diskFreeGb(),
        memory_mb: Math.round(rss / 1e6),
        progress_viewers: services.progress.viewers,
      })
    },
  )
}

function stateOf(isConnected: boolean) {
  return isConnected ? { status: 'ok', database: 'connected' } : { status: 'unhealthy', database: 'disconnected' }
}
