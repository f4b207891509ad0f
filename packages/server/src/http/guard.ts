import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import { accountOfRequest, knownAccount } from '../auth/authenticate.ts'
import { checkCsrf } from '../auth/csrf.ts'
import type { App, Services } from '../services.ts'
import type { Access, Account } from './account.ts'
import { HttpError } from './http-error.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Pages of the documentation, and answers to browsers that ask before they call, come from plugins that know nothing of access. */
const DOCUMENTATION = '/docs'

/** A route and who may call it. */
export interface ListedRoute {
  readonly method: string
  readonly url: string
  readonly access: Access
  readonly allowsTemporaryPassword: boolean
}

const lists = new WeakMap<object, ListedRoute[]>()

/** Every route of an application, as the guard knows them. */
export function routesOf(app: App): readonly ListedRoute[] {
  return lists.get(app) ?? []
}

/** Refuses to start with a route that does not say who may call it. Before any route is added. */
export function demandAccess(app: App): void {
  const listed: ListedRoute[] = []
  lists.set(app, listed)
  app.decorateRequest('account', null)
  app.addHook('onRoute', (route) => {
    const isPreflight = route.url === '*' && route.method === 'OPTIONS'
    if (isPreflight || route.url === DOCUMENTATION || route.url.startsWith(`${DOCUMENTATION}/`)) {
      route.config = { ...route.config, access: 'public' }
    }
    if (route.config?.access === undefined) throw new Error(`${route.method} ${route.url} does not say who may call it`)
    const { access, allowsTemporaryPassword = false } = route.config
    for (const method of [route.method].flat()) {
      listed.push({ method, url: route.url, access, allowsTemporaryPassword })
    }
  })
}

/** Checks who calls, before anything else of a request is looked at. Behind the plugins that read its cookies. */
export function guardRoutes(app: App, services: Services): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { config } = request.routeOptions
    if (config.access === undefined || config.access === 'public') {
      done()
      return
    }
    const known = knownAccount(services, request)
    if (known !== null) {
      request.account = known
      done(config.access === 'optional' ? undefined : refusalOf(services, request, config, known))
      return
    }
    accountOfRequest(services, request).then(
      (account) => {
        request.account = account
        done(config.access === 'optional' ? undefined : refusalOf(services, request, config, account))
      },
      (error) => done(config.access === 'optional' ? undefined : error),
    )
  })
  app.addHook('onSend', (request, _reply, payload, done) => {
    if (SAFE_METHODS.has(request.method)) done(null, payload)
    // whoever reads this answer can rely on it: what was changed is forgotten here, and a session that was ended lets nobody in any more
    else void services.changes.settled().then(() => done(null, payload))
  })
}

function refusalOf(
  services: Services,
  request: FastifyRequest,
  config: FastifyContextConfig,
  account: Account,
): Error | undefined {
  try {
    checkAccess(services, request, config, account)
    return undefined
  } catch (error) {
    return error as Error
  }
}

function checkAccess(
  services: Services,
  request: FastifyRequest,
  { access, allowsTemporaryPassword }: FastifyContextConfig,
  account: Account,
): void {
  const isSafe = SAFE_METHODS.has(request.method)
  if (account.mustChangePassword && allowsTemporaryPassword !== true) {
    throw new HttpError(403, 'password_change_required', 'Password change required')
  }
  if (access === 'admin' && account.role !== 'admin') {
    services.audit.note(request, { event: 'access.denied', outcome: 'BLOCKED', message: `${request.method} refused` })
    throw new HttpError(403, 'administrators_only', 'Admin access required')
  }
  if (!account.scopes.includes(isSafe ? 'read' : 'write')) {
    throw new HttpError(403, 'missing_scope', `This API key lacks the scope ${isSafe ? 'read' : 'write'}`)
  }
  if (account.proof !== 'cookie' || isSafe) return
  try {
    checkCsrf(services, request, account)
  } catch (error) {
    const message = `${request.method} refused: no valid CSRF token`
    services.audit.note(request, { event: 'access.csrf', outcome: 'BLOCKED', message })
    throw error
  }
}
