import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client'
import { asTenant, SERVICE } from '../db/tenant.ts'
import { HttpError } from '../http/http-error.ts'
import type { App, Services } from '../services.ts'
import { AnswerTimes } from './answer-times.ts'

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Numbers for Prometheus: with the token, or from this machine where none is set. */
export function metricsRoutes(app: App, services: Services): void {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const times = new AnswerTimes()
  registry.registerMetric(times as unknown as Metric)
  const refused = new Counter({
    registers,
    labelNames: ['status'],
    name: 'pcap_http_refused_total',
    help: 'Answers of 400 and above',
  })
  new Gauge({
    registers,
    name: 'pcap_tasks',
    help: 'Tasks by state',
    labelNames: ['status'],
    async collect() {
      this.reset()
      for (const { status, total } of await countTasks(services)) this.set({ status }, total)
    },
  })
  new Gauge({
    registers,
    name: 'pcap_progress_viewers',
    help: 'Open progress streams',
    collect() {
      this.set(services.progress.viewers)
    },
  })
  new Gauge({
    registers,
    name: 'pcap_progress_reads',
    help: 'Questions to the database for all progress streams together',
    collect() {
      this.set(services.progress.reads)
    },
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { routeOptions } = request
    const describe = () => ({ method: request.method, route: routeOptions.url ?? 'unknown' })
    times.observe(routeOptions.config, describe, reply.statusCode, reply.elapsedTime / 1000)
    if (reply.statusCode >= 400) refused.inc({ status: String(reply.statusCode) })
    done()
  })
  app.get(
    '/metrics',
    { config: { access: 'public' }, schema: { hide: true }, logLevel: 'warn' },
    async (request, reply) => {
      checkReader(services, request)
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )
}

function checkReader({ config }: Services, request: FastifyRequest): void {
  const token = config.values.METRICS_TOKEN
  if (token === null) {
    // the peer itself: a proxy on this machine may speak for anybody
    const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
    if (LOOPBACK.has(request.socket.remoteAddress ?? '') && !isForwarded) return
    throw new HttpError(403, 'metrics_closed', 'Set METRICS_TOKEN to read metrics from elsewhere')
  }
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new HttpError(401, 'not_authenticated', 'Not authenticated', { headers: { 'www-authenticate': 'Bearer' } })
  }
}

function countTasks({ database }: Services): Promise<{ status: string; total: number }[]> {
  return asTenant(database, SERVICE, (transaction) =>
    transaction
      .selectFrom('tasks')
      .select(['status', ({ fn }) => fn.countAll<number>().as('total')])
      .groupBy('status')
      .execute(),
  )
}
