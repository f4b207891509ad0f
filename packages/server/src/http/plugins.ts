import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { App, Services } from '../services.ts'
import { apiDescription } from './api-description.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** Cookies, headers, origins, forms, documentation. */
export async function addPlugins(app: App, { config }: Services): Promise<void> {
  await app.register(cookie)
  addSecurityHeaders(app)
  const origins = config.values.ALLOWED_ORIGINS
  // closed where none is named: then requests are not even asked where they come from
  if (origins.length > 0)
    await app.register(cors, {
      origin: origins.includes('*') ? '*' : [...origins],
      credentials: !origins.includes('*'),
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: [
        ...['X-MFA-Required', 'Retry-After', 'X-Request-Id'],
        ...['Location', 'Tus-Resumable', 'Upload-Offset', 'Upload-Length', 'Upload-Expires', 'X-Task-Id'],
      ],
    })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
  await app.register(swagger, apiDescription as unknown as FastifyDynamicSwaggerOptions)
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: false })
}
