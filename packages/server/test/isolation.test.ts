import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routesOf } from '../src/http/guard.ts'
import { asTenant, SERVICE } from '../src/index.ts'
import { type Answer, adminOf, Client, userOf } from './support/client.ts'
import {
  dialects,
  sample,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from './support/test-service.ts'
import { verdicts } from './support/verdicts.ts'

afterAll(stopCluster)

const MISSING = 'a route without a verdict: say in support/verdicts.ts whose it is'

describe.each(dialects)('tenants on %s', (dialect) => {
  let service: TestService
  let admin: Client
  let alice: Client & { id: string }
  let mallory: Client & { id: string }
  const anybody = () => new Client(service.base)
  /** Ids of what belongs to Alice, by the name of its parameter in the table of verdicts. */
  const hers: Record<string, string> = {}
  let legacy = ''

  beforeAll(async () => {
    service = await startTestService(dialect)
    admin = await adminOf(service)
    alice = await userOf(service, admin, 'alice')
    mallory = await userOf(service, admin, 'mallory')
    hers.TASK = (await alice.upload(sample('slow-dns.pcap'))).json.task_id
    await alice.ended(hers.TASK)
    legacy = (await admin.upload(sample('filtered-port.pcap'))).json.task_id
    await admin.ended(legacy)
    await asTenant(service.services.database, SERVICE, (transaction) =>
      transaction.updateTable('tasks').set({ owner_id: null }).where('task_id', '=', legacy).execute(),
    )
    hers.KEY = (await alice.post('/api/keys', { name: 'hers', scopes: ['read'] })).json.id
    hers.SESSION = (await alice.get('/api/users/me/sessions')).json[0].id
    hers.USER = alice.id
    const begun = await alice.post('/api/uploads', undefined, {
      'tus-resumable': '1.0.0',
      'upload-length': '10',
      'upload-metadata': 'filename eC5wY2Fw',
    })
    hers.UPLOAD = begun.headers.get('location')?.split('/').at(-1) ?? ''
  })
  afterAll(() => service.end())

  const everything = () => {
    if (service.app === null) throw new Error('no application')
    return routesOf(service.app)
  }
  /** Pages are files, the same for everybody. */
  const all = () => everything().filter(({ url }) => url.startsWith('/api/'))
  /** Those with a verdict of their own; what HEAD answers comes from the same code as GET. */
  const listed = () => all().filter((route) => verdicts[keyOf(route)] !== undefined)
  const keyOf = ({ method, url }: { method: string; url: string }) => `${method} ${url}`
  const verdictOf = (route: { method: string; url: string }) => {
    const verdict = verdicts[keyOf(route)] ?? verdicts[keyOf({ ...route, method: route.method.replace('HEAD', 'GET') })]
    if (verdict === undefined) throw new Error(`${keyOf(route)}: ${MISSING}`)
    return verdict
  }
  /** Asks a route with these ids in the places of the table. */
  async function ask(
    client: Client,
    route: { method: string; url: string },
    ids: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { path = route.url, body, headers } = verdictOf(route)
    const filled = Object.entries(ids).reduce((text, [name, id]) => text.replaceAll(name, id), path)
    return client.call(route.method, filled, body, headers)
  }
  const unknown = () => Object.fromEntries(Object.keys(hers).map((name) => [name, randomUUID()]))
  /** An answer without the id that was asked for. */
  const withoutIds = ({ status, text }: Answer, ids: Readonly<Record<string, string>>) => ({
    status,
    text: Object.values(ids).reduce((left, id) => left.replaceAll(id, 'ID'), text),
  })

  it('are told apart on every route there is', () => {
    for (const route of all()) {
      const access = { anybody: ['public', 'optional'], caller: ['user'], owner: ['user'], administrators: ['admin'] }
      expect(access[verdictOf(route).whose], keyOf(route)).toContain(route.access)
    }
    for (const { url, method, access } of everything()) {
      if (!url.startsWith('/api/')) expect(access, `${method} ${url}`).toBe('public')
    }
    const keys = new Set(all().map(keyOf))
    expect(
      Object.keys(verdicts).filter((key) => !keys.has(key)),
      'verdicts over routes that are gone',
    ).toEqual([])
  })

  it('are who they are before anything is answered', async () => {
    for (const route of all()) {
      const { status } = await ask(anybody(), route, hers)
      expect(status === 401, `${keyOf(route)} answers ${status} to nobody`).toBe(verdictOf(route).whose !== 'anybody')
    }
  })

  it('who are no administrators are refused, whether or not what they ask for exists', async () => {
    for (const route of all().filter(({ access }) => access === 'admin')) {
      for (const ids of [hers, unknown()]) {
        const { status, text } = await ask(mallory, route, ids)
        const refusal =
          route.method === 'HEAD' ? '' : '{"detail":"Admin access required","error_type":"administrators_only"}'
        expect([status, text], keyOf(route)).toEqual([403, refusal])
      }
    }
  })

  it('get for what is somebody else’s the answer for what never was', async () => {
    for (const route of all().filter((one) => verdictOf(one).whose === 'owner')) {
      const never = unknown()
      const nothing = withoutIds(await ask(mallory, route, never), never)
      expect(nothing.status, keyOf(route)).toBe(404)
      expect(withoutIds(await ask(mallory, route, hers), hers), keyOf(route)).toEqual(nothing)
      if (!(verdictOf(route).path ?? '').includes('TASK')) continue
      const orphan = { TASK: legacy }
      expect(withoutIds(await ask(mallory, route, orphan), orphan), keyOf(route)).toEqual(nothing)
      expect((await ask(mallory, route, { TASK: 'not-a-uuid' })).status, keyOf(route)).toBe(400)
    }
  })

  it('find nothing of others in what is their own', async () => {
    for (const route of all().filter((one) => verdictOf(one).whose === 'caller' && one.method === 'GET')) {
      const { status, text } = await ask(mallory, route, hers)
      expect(status, keyOf(route)).toBe(200)
      for (const id of [...Object.values(hers), legacy]) expect(text, keyOf(route)).not.toContain(id)
    }
    expect((await mallory.get(`/api/history?owner_id=${alice.id}`)).json.tasks).toEqual([])
    expect((await mallory.get('/api/queue/status')).json.total_tasks).toBe(0)
  })

  it('who must change their password can do nothing else', async () => {
    const created = (await admin.post('/api/admin/users', { username: 'fresh', email: 'fresh@example.com' })).json
    await admin.put(`/api/admin/users/${created.user.id}/role`, { role: 'admin' })
    const fresh = anybody()
    fresh.token = (await fresh.logIn('fresh', created.temporary_password)).json.access_token
    for (const route of all()) {
      if (route.access === 'public' || route.access === 'optional' || route.allowsTemporaryPassword) continue
      const { status, json } = await ask(fresh, route, hers)
      if (route.method === 'HEAD') expect(status, keyOf(route)).toBe(403)
      else expect(json?.error_type, keyOf(route)).toBe('password_change_required')
    }
  })

  it('give keys to programs that change nothing when they may only read', async () => {
    const key = (await admin.post('/api/keys', { name: 'reads', scopes: ['read'] })).json.key
    const program = new Client(service.base, key)
    for (const route of all()) {
      if (route.access === 'public' || route.access === 'optional') continue
      if (['GET', 'HEAD', 'OPTIONS'].includes(route.method)) continue
      expect((await ask(program, route, hers)).status, keyOf(route)).toBe(403)
    }
  })

  it('see rows of nobody only as administrators', async () => {
    const ids = async (client: Client, query = '') =>
      (await client.get(`/api/history${query}`)).json.tasks.map((one: { task_id: string }) => one.task_id)
    expect(await ids(alice)).toEqual([hers.TASK])
    expect((await ids(admin)).toSorted()).toEqual([hers.TASK, legacy].toSorted())
    expect(await ids(admin, '?search=CAPTURE&sort=filename&order=asc&limit=1&offset=1')).toHaveLength(1)
    expect((await admin.get('/api/queue/status')).json.total_tasks).toBe(2)
    for (const route of listed()) {
      const { administrators } = verdictOf(route)
      if (administrators === undefined) continue
      expect((await ask(admin, route, { TASK: legacy })).status, keyOf(route)).toBe(administrators)
    }
  })

  it('keep rows apart in the database itself', async () => {
    if (dialect === 'sqlite') return // SQLite has no row-level security; there the stores' statements are all there is
    const { database } = service.services
    const count = (tenant: { userId: string; role: 'admin' | 'user' }) =>
      asTenant(
        database,
        tenant,
        async (transaction) => (await transaction.selectFrom('tasks').selectAll().execute()).length,
      )
    expect(await count({ userId: alice.id, role: 'user' })).toBe(1)
    expect(await count({ userId: mallory.id, role: 'user' })).toBe(0)
    expect(await count({ userId: mallory.id, role: 'admin' })).toBe(2)
    expect(await database.query.selectFrom('tasks').selectAll().execute()).toHaveLength(0)
  })

  it('may do with their own what the table says', async () => {
    const rank = ({ method }: { method: string }) => ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].indexOf(method)
    for (const route of listed().toSorted((a, b) => rank(a) - rank(b))) {
      const { own } = verdictOf(route)
      if (own === undefined) continue
      const { status, text } = await ask(alice, route, hers)
      expect(status, `${keyOf(route)} ${text.slice(0, 300)}`).toBe(own)
    }
  })

  it('leave no file when they are deleted', async () => {
    const upload = await mallory.upload(sample('slow-dns.pcap'))
    await mallory.ended(upload.json.task_id)
    const deleted = await admin.delete(`/api/admin/users/${mallory.id}`)
    expect(deleted.json.files_deleted).toEqual({ uploads: 1, reports: 2 })
    for (const prefix of ['uploads', 'reports']) {
      for await (const { key } of service.services.blobs.list(prefix)) expect(key).not.toContain(upload.json.task_id)
    }
    expect((await anybody().logIn('mallory', USER_PASSWORD)).status).toBe(401)
  })
})
