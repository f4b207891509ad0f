import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger } from 'fastify'
import { bulkRoutes } from './admin/bulk-routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { apiKeyRoutes } from './auth/api-key-routes.ts'
import { resetRoutes } from './auth/reset-routes.ts'
import { authRoutes } from './auth/routes.ts'
import { twoFactorRoutes } from './auth/two-factor-routes.ts'
import { resumableRoutes } from './captures/resumable-routes.ts'
import { captureRoutes } from './captures/routes.ts'
import { healthRoutes } from './health/routes.ts'
import { answerErrors } from './http/error-answers.ts'
import { demandAccess, guardRoutes } from './http/guard.ts'
import { refuseNullCharacters } from './http/plain-text.ts'
import { addPlugins } from './http/plugins.ts'
import { RequestLines, RequestLog } from './logging/request-log.ts'
import { metricsRoutes } from './metrics/routes.ts'
import { noteRoutes } from './notes/routes.ts'
import { packetRoutes } from './packets/routes.ts'
import { pageRoutes } from './pages/routes.ts'
import { progressRoutes } from './progress/routes.ts'
import { reportRoutes } from './reports/routes.ts'
import type { App, Feature, Services } from './services.ts'
import { shareRoutes } from './shares/routes.ts'
import { storageRoutes } from './storage/routes.ts'
import { taskRoutes } from './tasks/routes.ts'
import { userRoutes } from './users/routes.ts'

const MOST_BODY_BYTES = 1 << 20
/** How often connections are looked at for those that are too slow. */
const SLOW_LOOK_MS = 1000

/** Everything the service can do. */
const features: readonly Feature[] = [
  metricsRoutes,
  healthRoutes,
  authRoutes,
  resetRoutes,
  twoFactorRoutes,
  apiKeyRoutes,
  userRoutes,
  adminRoutes,
  bulkRoutes,
  auditRoutes,
  captureRoutes,
  resumableRoutes,
  taskRoutes,
  progressRoutes,
  reportRoutes,
  packetRoutes,
  noteRoutes,
  shareRoutes,
  storageRoutes,
  pageRoutes,
]

/** The HTTP application over its services; listens when it is told to. */
export async function buildApp(services: Services): Promise<App> {
  const { config, log } = services
  const { TRUSTED_PROXIES: proxies, HEADERS_TIMEOUT_SECONDS, REQUEST_TIMEOUT_SECONDS } = config.values
  const requestTimeout = REQUEST_TIMEOUT_SECONDS * 1000
  const app = fastify({
    loggerInstance: log,
    logController: new RequestLines(),
    childLoggerFactory: (parent, bindings, { level }) =>
      new RequestLog(parent, bindings, level) as unknown as FastifyBaseLogger,
    trustProxy: proxies.length === 0 ? false : [...proxies],
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_SECONDS * 1000, requestTimeout),
      requestTimeout,
      connectionsCheckingInterval: SLOW_LOOK_MS,
    },
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  answerErrors(app)
  demandAccess(app)
  await addPlugins(app, services)
  guardRoutes(app, services)
  refuseNullCharacters(app)
  for (const feature of features) feature(app, services)
  app.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger())
  return app
}
