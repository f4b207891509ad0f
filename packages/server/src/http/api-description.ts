import { version } from '@pcap-analyzer/engine'
import type { FastifySchema, RouteOptions } from 'fastify'
import { Refusal } from './schemas.ts'

/** What routes do, where their schema does not say it. */
const summaries: Readonly<Record<string, string>> = {
  'GET /api/health': 'whether service and database are well; 503 when not',
  'GET /api/health/live': 'whether the process answers',
  'GET /api/health/ready': 'whether requests can be served',
  'GET /api/health/database': 'whether the database answers, and how fast',
  'GET /api/health/detailed': 'what the service is doing',
  'POST /api/token': 'log in, form-encoded; with a second factor also totp_code',
  'POST /api/logout': 'end the session',
  'POST /api/register': 'ask for an account; an administrator approves it',
  'GET /api/csrf/token': 'a CSRF token for this session',
  'POST /api/csrf/refresh': 'another CSRF token',
  'POST /api/auth/forgot-password': 'ask for a link to reset a password',
  'POST /api/auth/validate-reset-token': 'whether a link still works',
  'POST /api/auth/reset-password': 'choose a new password by a link',
  'POST /api/users/me/2fa/setup': 'a new secret for a second factor',
  'POST /api/users/me/2fa/enable': 'switch the second factor on; the backup codes are shown once',
  'POST /api/users/me/2fa/disable': 'switch the second factor off',
  'GET /api/keys': "the caller's API keys",
  'POST /api/keys': 'a new API key; it is shown once',
  'DELETE /api/keys/:id': 'revoke an API key',
  'GET /api/users/me': "the caller's account",
  'PUT /api/users/me': 'change the password',
  'PATCH /api/users/me': 'change language and time zone',
  'GET /api/users/me/usage': 'what the caller stores, and may store',
  'GET /api/users/me/sessions': 'open sessions of the caller',
  'DELETE /api/users/me/sessions/:id': 'end a session',
  'GET /api/users': 'users, with search and filters; a list, or a page with total when offset is given',
  'POST /api/admin/users': 'create a user with a temporary password',
  'PUT /api/admin/users/:id/approve': 'let a registered user in',
  'PUT /api/admin/users/:id/block': 'lock a user out and end the sessions',
  'PUT /api/admin/users/:id/unblock': 'let a blocked user in again',
  'PUT /api/admin/users/:id/role': 'make a user an administrator, or the other way round',
  'PUT /api/admin/users/:id/quota': 'bound what a user may store',
  'DELETE /api/admin/users/:id/2fa': 'take the second factor off a user who lost it',
  'DELETE /api/admin/users/:id': 'delete a user with every file',
  'POST /api/admin/users/:id/reset-password': 'a temporary password for a user',
  'POST /api/admin/users/bulk/approve': 'let many in at once',
  'POST /api/admin/users/bulk/block': 'lock many out at once',
  'POST /api/admin/users/bulk/unblock': 'let many in again at once',
  'POST /api/admin/users/bulk/delete': 'delete many at once',
  'GET /api/admin/audit': 'the audit trail, newest first',
  'GET /api/admin/audit/verify': 'whether the chain of the audit trail is whole',
  'GET /api/status/:id': 'state of a task',
  'GET /api/history': "the caller's tasks; administrators see all",
  'GET /api/queue/status': 'how many tasks wait and run',
  'POST /api/tasks/:id/cancel': 'stop a task that waits or runs',
  'POST /api/tasks/:id/retry': 'begin a failed or cancelled task anew',
  'POST /api/tasks/:id/reanalyse': 'analyse a stored capture again',
  'PATCH /api/tasks/:id': 'rename a task',
  'GET /api/progress/:id': 'progress as server-sent events; goes on behind Last-Event-ID',
  'GET /api/progress/history/:id': 'every snapshot of progress that was stored',
  'GET /api/reports/:id/:form': 'a report as html, json or another form',
  'GET /api/tasks/:id/capture': 'the capture as it was uploaded',
  'DELETE /api/reports/:id': 'delete a report and its capture',
  'GET /api/tasks/:id/notes': 'notes on findings of a report',
  'PUT /api/tasks/:id/notes/:findingKey': 'write a note on a finding',
  'GET /api/tasks/:id/shares': 'with whom a report is shared',
  'POST /api/tasks/:id/shares': 'share a report up to a level',
  'DELETE /api/tasks/:id/shares/:shareId': 'stop sharing',
}

const statuses: Readonly<Record<string, string>> = {
  200: 'done',
  201: 'created',
  202: 'accepted',
  503: 'not available',
  '4xx': 'refused; `detail` says why',
  '5xx': 'failed; `detail` says what can be said',
}
const CAPTURE_FORM = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
    },
  },
}

interface Operation {
  requestBody?: unknown
}

/** How the service describes itself as OpenAPI 3.1. */
export const apiDescription = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'PCAP Analyzer',
      version,
      description:
        'Packet captures in, ranked findings out. Bearer tokens and API keys need no CSRF token; cookies need the header X-CSRF-Token for whatever changes something.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'access_token' },
      },
    },
    security: [{ bearer: [] }, { cookie: [] }],
  },
  transform: ({ schema, url, route }: { schema: FastifySchema | undefined; url: string; route: RouteOptions }) => {
    const key = `${[route.method].flat().join(' or ')} ${url}`
    const { response = {}, ...rest } = schema ?? {}
    const answers = { ...(response as object), '4xx': Refusal, '5xx': Refusal }
    return {
      url,
      schema: {
        summary: summaries[key],
        operationId: operationIdOf(key),
        ...rest,
        ...(route.config?.access === 'public' && { security: [] }),
        response: Object.fromEntries(Object.entries(answers).map(([status, one]) => [status, described(status, one)])),
      },
    }
  },
  transformObject: (document: { openapiObject?: unknown }) => {
    const description = document.openapiObject as { paths?: Record<string, Record<string, Operation>> }
    const upload = description.paths?.['/api/upload']?.post
    if (upload !== undefined) upload.requestBody = CAPTURE_FORM
    return description
  },
} as const

/** `get_api_status_id` for `GET /api/status/:id`. */
function operationIdOf(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]+/g, '_')
}

function described(status: string, schema: unknown): unknown {
  return { ...(schema as object), description: statuses[status] ?? 'answered' }
}
