import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, Client, userOf } from './support/client.ts'
import { dialects, sample, startTestService, stopCluster, type TestService } from './support/test-service.ts'

afterAll(stopCluster)

/** Every route that names a task, and what its owner gets. */
const routes: readonly (readonly [method: string, path: string, body: unknown, ownStatus: number])[] = [
  ['GET', '/api/status/ID', undefined, 200],
  ['GET', '/api/progress/ID', undefined, 200],
  ['GET', '/api/progress/history/ID', undefined, 200],
  ['GET', '/api/reports/ID/html', undefined, 200],
  ['GET', '/api/reports/ID/json', undefined, 200],
  ['GET', '/api/reports/ID/markdown', undefined, 200],
  ['GET', '/api/tasks/ID/capture', undefined, 200],
  ['GET', '/api/tasks/ID/packets', undefined, 200],
  ['GET', '/api/tasks/ID/packets/1', undefined, 200],
  ['GET', '/api/tasks/ID/streams/udp/0', undefined, 200],
  ['GET', '/api/tasks/ID/notes', undefined, 200],
  ['PUT', '/api/tasks/ID/notes/some-finding', { note: 'seen', tags: [] }, 200],
  ['GET', '/api/tasks/ID/access', undefined, 200],
  ['GET', '/api/tasks/ID/shares', undefined, 200],
  ['POST', '/api/tasks/ID/shares', { username: 'nobody', level: 'raw' }, 400],
  ['DELETE', '/api/tasks/ID/shares/00000000-0000-4000-8000-000000000000', undefined, 404],
  ['PATCH', '/api/tasks/ID', { filename: 'renamed.pcap' }, 200],
  ['POST', '/api/tasks/ID/cancel', undefined, 409],
  ['POST', '/api/tasks/ID/retry', undefined, 409],
  ['DELETE', '/api/reports/ID', undefined, 200],
]

describe.each(dialects)('tenants on %s', (dialect) => {
  let service: TestService
  let admin: Client
  let alice: Client & { id: string }
  let mallory: Client & { id: string }
  let task = ''
  let legacy = ''
  beforeAll(async () => {
    service = await startTestService(dialect)
    admin = await adminOf(service)
    alice = await userOf(service, admin, 'alice')
    mallory = await userOf(service, admin, 'mallory')
    task = (await alice.upload(sample('slow-dns.pcap'))).json.task_id
    await alice.ended(task)
    const orphan = (await admin.upload(sample('filtered-port.pcap'))).json.task_id
    await admin.ended(orphan)
    const { database } = service.services
    const { asTenant, SERVICE } = await import('../src/index.ts')
    await asTenant(database, SERVICE, (transaction) =>
      transaction.updateTable('tasks').set({ owner_id: null }).where('task_id', '=', orphan).execute(),
    )
    legacy = orphan
  })
  afterAll(() => service.end())

  it.each(routes)('%s %s answers strangers as if there were nothing', async (method, path, body) => {
    const unknown = randomUUID()
    const ask = async (client: Client, id: string) => {
      const { status, text } = await client.call(method, path.replace('ID', id), body)
      return { status, text: text.replaceAll(id, 'ID') }
    }
    const nothing = await ask(mallory, unknown)
    expect(nothing).toEqual({ status: 404, text: JSON.stringify({ detail: 'Task ID not found' }) })
    expect(await ask(mallory, task)).toEqual(nothing)
    expect(await ask(mallory, legacy)).toEqual(nothing)
    expect((await ask(new Client(service.base), task)).status).toBe(401)
    expect((await ask(mallory, 'not-a-uuid')).status).toBe(400)
  })

  it('lists only what is one’s own, except to administrators', async () => {
    const ids = async (client: Client, query = '') =>
      (await client.get(`/api/history${query}`)).json.tasks.map((one: { task_id: string }) => one.task_id)
    expect(await ids(alice)).toEqual([task])
    expect(await ids(mallory)).toEqual([])
    expect(await ids(mallory, `?owner_id=${alice.id}`)).toEqual([])
    expect((await ids(admin)).toSorted()).toEqual([task, legacy].toSorted())
    expect(await ids(admin, '?search=CAPTURE&sort=filename&order=asc&limit=1&offset=1')).toHaveLength(1)
    expect((await mallory.get('/api/queue/status')).json.total_tasks).toBe(0)
    expect((await admin.get('/api/queue/status')).json.total_tasks).toBe(2)
  })

  it.each(routes)('%s %s works for its owner', async (method, path, body, status) => {
    const answer = await alice.call(method, path.replace('ID', task), body)
    expect(answer.status, answer.text.slice(0, 300)).toBe(status)
  })

  it('keeps rows apart in the database itself', async () => {
    if (dialect === 'sqlite') return // SQLite has no row-level security; there the stores' statements are all there is
    const { database } = service.services
    const { asTenant } = await import('../src/index.ts')
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

  it('removes every file of a user that is deleted', async () => {
    const upload = await mallory.upload(sample('slow-dns.pcap'))
    await mallory.ended(upload.json.task_id)
    const deleted = await admin.delete(`/api/admin/users/${mallory.id}`)
    expect(deleted.json.files_deleted).toEqual({ uploads: 1, reports: 2 })
    for (const prefix of ['uploads', 'reports']) {
      for await (const { key } of service.services.blobs.list(prefix)) expect(key).not.toContain(upload.json.task_id)
    }
  })
})
