/** Whose a route is, and how it is asked. */
export interface Verdict {
  /**
   * `anybody`: no login. `caller`: only what is the caller's own, without an id. `owner`: what belongs to a user and is named by an id;
   * for others it does not exist. `administrators`: nobody else, whatever the id.
   */
  readonly whose: 'anybody' | 'caller' | 'owner' | 'administrators'
  /** The address with TASK, KEY, SESSION, USER, UPLOAD where ids stand; without it the route's own. */
  readonly path?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** What an administrator gets for a task of a user and for one of nobody. */
  readonly administrators?: number
  /** What the owner gets, where asking ends nothing that later routes need. */
  readonly own?: number
}

const anybody: Verdict = { whose: 'anybody' }
const caller: Verdict = { whose: 'caller' }
const administrators: Verdict = { whose: 'administrators' }
const task = (path: string, more: Partial<Verdict> = {}): Verdict => ({ whose: 'owner', path, own: 200, ...more })
const user = (action: string, body?: unknown): Verdict => ({
  ...administrators,
  path: `/api/admin/users/USER${action}`,
  body,
})
const bulk: Verdict = { ...administrators, body: { user_ids: ['11111111-1111-4111-8111-111111111111'] } }
const tus = { 'tus-resumable': '1.0.0' }

/**
 * One verdict for each route below /api; HEAD has that of GET. Whoever adds a route adds its verdict, and with it is tried as everybody
 * else's: without login, by strangers, over rows without owner, with a temporary password, with a key that may only read.
 */
export const verdicts: Readonly<Record<string, Verdict>> = {
  'GET /api/session': anybody,
  'GET /api/health': anybody,
  'GET /api/health/live': anybody,
  'GET /api/health/ready': anybody,
  'GET /api/health/database': anybody,
  'GET /api/health/detailed': administrators,
  'POST /api/token': anybody,
  'POST /api/token/renew': caller,
  'POST /api/logout': anybody,
  'POST /api/register': anybody,
  'POST /api/auth/forgot-password': anybody,
  'POST /api/auth/validate-reset-token': anybody,
  'POST /api/auth/reset-password': anybody,
  'GET /api/csrf/token': caller,
  'POST /api/csrf/refresh': caller,

  'GET /api/users/me': caller,
  'PUT /api/users/me': caller,
  'PATCH /api/users/me': caller,
  'GET /api/users/me/usage': caller,
  'GET /api/users/me/sessions': caller,
  'DELETE /api/users/me/sessions/:id': { whose: 'owner', path: '/api/users/me/sessions/SESSION' },
  'POST /api/users/me/2fa/setup': caller,
  'POST /api/users/me/2fa/enable': caller,
  'POST /api/users/me/2fa/disable': caller,
  'GET /api/captures/:sha256': { ...caller, path: `/api/captures/${'0'.repeat(64)}` },
  'GET /api/keys': caller,
  'POST /api/keys': caller,
  'DELETE /api/keys/:id': { whose: 'owner', path: '/api/keys/KEY', own: 200 },

  'GET /api/users': administrators,
  'POST /api/admin/users': administrators,
  'DELETE /api/admin/users/:id': user(''),
  'DELETE /api/admin/users/:id/2fa': user('/2fa'),
  'PUT /api/admin/users/:id/approve': user('/approve'),
  'PUT /api/admin/users/:id/block': user('/block'),
  'PUT /api/admin/users/:id/unblock': user('/unblock'),
  'PUT /api/admin/users/:id/role': user('/role', { role: 'admin' }),
  'PUT /api/admin/users/:id/quota': user('/quota', { quota_bytes: null, quota_tasks: null }),
  'POST /api/admin/users/:id/reset-password': user('/reset-password', {}),
  'POST /api/admin/users/bulk/approve': bulk,
  'POST /api/admin/users/bulk/block': bulk,
  'POST /api/admin/users/bulk/unblock': bulk,
  'POST /api/admin/users/bulk/delete': bulk,
  'GET /api/admin/storage': administrators,
  'GET /api/admin/audit': administrators,
  'GET /api/admin/audit/verify': administrators,

  'POST /api/upload': caller,
  'POST /api/uploads': caller,
  'HEAD /api/uploads/:id': { whose: 'owner', path: '/api/uploads/UPLOAD', headers: tus, own: 200 },
  'PATCH /api/uploads/:id': {
    whose: 'owner',
    path: '/api/uploads/UPLOAD',
    headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
    body: 'x',
    own: 204,
  },
  'DELETE /api/uploads/:id': { whose: 'owner', path: '/api/uploads/UPLOAD', headers: tus, own: 204 },
  'GET /api/history': caller,
  'GET /api/queue/status': caller,
  'GET /api/status/:id': task('/api/status/TASK', { administrators: 200 }),
  'GET /api/progress/:id': task('/api/progress/TASK', { administrators: 200 }),
  'GET /api/progress/history/:id': task('/api/progress/history/TASK', { administrators: 200 }),
  'GET /api/reports/:id/:form': task('/api/reports/TASK/json', { administrators: 200 }),
  'GET /api/reports/:id/evidence/:findingId': task('/api/reports/TASK/evidence/1', { administrators: 200 }),
  'GET /api/tasks/:id/capture': task('/api/tasks/TASK/capture', { administrators: 200 }),
  'GET /api/shares': caller,
  'GET /api/tasks/:id/access': task('/api/tasks/TASK/access', { administrators: 200 }),
  'GET /api/tasks/:id/packets': task('/api/tasks/TASK/packets', { administrators: 200 }),
  'GET /api/tasks/:id/packets/:number': task('/api/tasks/TASK/packets/1', { administrators: 200 }),
  'GET /api/tasks/:id/streams/:transport/:number': task('/api/tasks/TASK/streams/udp/0'),
  'GET /api/tasks/:id/notes': task('/api/tasks/TASK/notes', { administrators: 200 }),
  'PUT /api/tasks/:id/notes/:findingKey': task('/api/tasks/TASK/notes/some-finding', {
    body: { note: 'seen', tags: [] },
    administrators: 200,
  }),
  'GET /api/tasks/:id/shares': task('/api/tasks/TASK/shares', { administrators: 200 }),
  'POST /api/tasks/:id/shares': task('/api/tasks/TASK/shares', {
    body: { username: 'nobody', level: 'raw' },
    own: 400,
  }),
  'DELETE /api/tasks/:id/shares/:shareId': task('/api/tasks/TASK/shares/00000000-0000-4000-8000-000000000000', {
    own: 404,
  }),
  'PATCH /api/tasks/:id': task('/api/tasks/TASK', { body: { filename: 'renamed.pcap' }, administrators: 200 }),
  'POST /api/tasks/:id/cancel': task('/api/tasks/TASK/cancel', { administrators: 409, own: 409 }),
  'POST /api/tasks/:id/retry': task('/api/tasks/TASK/retry', { administrators: 409, own: 409 }),
  'POST /api/tasks/:id/reanalyse': task('/api/tasks/TASK/reanalyse'),
  'DELETE /api/reports/:id': task('/api/reports/TASK'),
}
