import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { App, Services } from '../services.ts'
import { apiDescription } from './api-description.ts'

const YEAR_SECONDS = 31_536_000

/** Cookies, headers, origins, uploads, documentation. */
export async function addPlugins(app: App, { config }: Services): Promise<void> {
  await app.register(cookie)
  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()')
    if (request.protocol === 'https') {
      reply.header('strict-transport-security', `max-age=${YEAR_SECONDS}; includeSubDomains`)
    }
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })
  const origins = config.values.ALLOWED_ORIGINS
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    credentials: !origins.includes('*') && origins.length > 0,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      ...['X-MFA-Required', 'Retry-After', 'X-Request-Id'],
      ...['Location', 'Tus-Resumable', 'Upload-Offset', 'Upload-Length', 'Upload-Expires', 'X-Task-Id'],
    ],
  })
  await app.register(multipart, {
    limits: { files: 1, fields: 5, parts: 6, fieldSize: 1000, headerPairs: 50, fileSize: Number.POSITIVE_INFINITY },
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
  await app.register(swagger, apiDescription as unknown as FastifyDynamicSwaggerOptions)
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: false })
}
