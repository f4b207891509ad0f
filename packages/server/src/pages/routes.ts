import { APP_POLICY, PRIVATE_PAGE_POLICY, pagePaths, pages, SERVICE_WORKER_POLICY } from '@pcap-analyzer/web'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { HttpError } from '../http/http-error.ts'
import type { App, Services } from '../services.ts'
import { type PageFile, readPageFiles } from './page-files.ts'

/** Names of assets hold a hash of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_EVERY_TIME = 'no-cache'

const FileParams = Type.Object({ name: Type.String({ maxLength: 100 }) })

/** The web pages as static files, each with its own policy. */
export function pageRoutes(app: App, { log }: Services): void {
  const config = { access: 'public' } as const
  const schema = { hide: true } as const
  const files = readPageFiles('app')
  const privateFiles = readPageFiles('private')
  if (!files.has(pageFile('/'))) log.warn('the web pages were not built: only the API is served')

  for (const path of pagePaths) {
    app.get(path, { config, schema }, async (request, reply) =>
      send(request, reply, files.get(pageFile(path)), { cache: ASK_EVERY_TIME, policy: APP_POLICY }),
    )
  }
  app.get('/assets/:name', { config, schema: { ...schema, params: FileParams } }, async (request, reply) =>
    send(request, reply, files.get(request.params.name), { cache: FOR_EVER, policy: APP_POLICY }),
  )
  app.get('/private', { config, schema }, async (_request, reply) => reply.redirect('/private/', 308))
  app.get('/private/', { config, schema }, async (request, reply) =>
    send(request, reply, privateFiles.get('index.html'), { cache: ASK_EVERY_TIME, policy: PRIVATE_PAGE_POLICY }),
  )
  app.get('/private/:name', { config, schema: { ...schema, params: FileParams } }, async (request, reply) => {
    const { name } = request.params
    const policy = name === 'sw.js' ? SERVICE_WORKER_POLICY : PRIVATE_PAGE_POLICY
    return send(request, reply, privateFiles.get(name), { cache: ASK_EVERY_TIME, policy })
  })
}

/** Each page begins with a file of its own, which names the parts that it needs. */
function pageFile(path: keyof typeof pages): string {
  return `${pages[path].file}.html`
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: PageFile | undefined,
  { cache, policy }: { cache: string; policy: string },
) {
  if (file === undefined) throw new HttpError(404, 'not_found', 'Not Found')
  reply.headers({ 'cache-control': cache, 'content-security-policy': policy, vary: 'accept-encoding' }).type(file.type)
  const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '')
  if (file.brotli === null || !takesBrotli) return reply.send(file.plain)
  return reply.header('content-encoding', 'br').send(file.brotli)
}
