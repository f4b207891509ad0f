import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Change, ChangeListeners, type Changes } from '../src/changes/changes.ts'
import { KeptAnswers } from '../src/changes/kept-answers.ts'
import { adminOf, Client, userOf } from './support/client.ts'
import {
  dialects,
  sample,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from './support/test-service.ts'

afterAll(stopCluster)

describe.each(dialects)('answers that are kept by two services over one %s', (dialect) => {
  let here: TestService
  let there: TestService
  let admin: Client
  let alice: Client & { id: string }
  let mallory: Client & { id: string }
  beforeAll(async () => {
    here = await startTestService(dialect, {
      environment: { INLINE_WORKER: 'false' },
    })
    const { folder, environment } = here
    there = await startTestService(dialect, {
      folder,
      databaseUrl: environment.DATABASE_URL ?? '',
      environment: { INLINE_WORKER: 'false' },
    })
    admin = await adminOf(here)
    alice = await userOf(here, admin, 'alice')
    mallory = await userOf(here, admin, 'mallory')
    await heard()
  })
  afterAll(async () => {
    await there.end()
    await here.end()
  })

  /** What was committed until now is known to both. */
  const heard = async () => {
    for (const { services } of [here, there]) await services.changes.settled()
  }
  const elsewhere = (client: Client) => new Client(there.base, client.token)
  const upload = async (client: Client) => (await client.upload(sample('slow-dns.pcap'))).json.task_id as string
  /** Asks until the service answers from what it keeps, which an answer that was read while something changed does not become. */
  async function keep(service: TestService, client: Client & { id: string }, path: string) {
    const about = path.startsWith('/api/status/') ? { taskId: path.slice('/api/status/'.length) } : { list: path }
    const tenant = { userId: client.id, role: 'user' as const }
    for (let tries = 0; tries < 3000; tries++) {
      const { status, json } = await client.get(path)
      expect(status).toBe(200)
      if (service.services.keptAnswers.find(tenant, about) !== null) return json
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${path} is never kept`)
  }
  /** Both services keep what Alice sees of a task. */
  async function keepAll(taskId: string): Promise<void> {
    for (const path of [`/api/status/${taskId}`, '/api/history', '/api/queue/status']) {
      await keep(here, alice, path)
      await keep(there, Object.assign(elsewhere(alice), { id: alice.id }), path)
    }
  }

  it('are those that were sent before, byte for byte', async () => {
    const id = await upload(alice)
    await keepAll(id)
    for (const path of [`/api/status/${id}`, '/api/history', '/api/queue/status']) {
      const [first, second] = [await alice.get(path), await alice.get(path)]
      expect(second.text).toBe(first.text)
      expect(Object.fromEntries(second.headers)).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'content-length': String(Buffer.byteLength(first.text)),
      })
    }
    expect(here.services.keptAnswers.size.answers).toBeGreaterThan(0)
    await alice.delete(`/api/reports/${id}`)
  })

  it('are nobody else’s', async () => {
    const id = await upload(alice)
    await keepAll(id)
    for (const client of [mallory, elsewhere(mallory)]) {
      expect((await client.get(`/api/status/${id}`)).status).toBe(404)
      expect((await client.get('/api/history')).json.tasks).toEqual([])
      expect((await client.get('/api/queue/status')).json.total_tasks).toBe(0)
    }
    for (const client of [new Client(here.base), new Client(there.base, 'x.y.z')])
      expect((await client.get(`/api/status/${id}`)).status).toBe(401)
    await alice.delete(`/api/reports/${id}`)
  })

  it('are forgotten with whatever changes them: at once here, elsewhere as soon as it is heard', async () => {
    const id = await upload(alice)
    const path = `/api/status/${id}`
    const changes: [
      what: string,
      change: () => Promise<unknown>,
      shows: (client: Client) => Promise<unknown>,
      expected: unknown,
    ][] = [
      [
        'renamed',
        () => alice.patch(`/api/tasks/${id}`, { filename: 'renamed.pcap' }),
        async (c) => (await c.get(path)).json.filename,
        'renamed.pcap',
      ],
      [
        'in lists',
        () => alice.patch(`/api/tasks/${id}`, { filename: 'again.pcap' }),
        async (c) => (await c.get('/api/history')).json.tasks[0].filename,
        'again.pcap',
      ],
      [
        'cancelled',
        () => alice.post(`/api/tasks/${id}/cancel`),
        async (c) => (await c.get(path)).json.status,
        'cancelled',
      ],
      [
        'retried',
        () => alice.post(`/api/tasks/${id}/retry`),
        async (c) => (await c.get('/api/queue/status')).json.tasks_pending,
        1,
      ],
      [
        'by an administrator',
        () => admin.patch(`/api/tasks/${id}`, { filename: 'theirs.pcap' }),
        async (c) => (await c.get(path)).json.filename,
        'theirs.pcap',
      ],
      ['deleted', () => alice.delete(`/api/reports/${id}`), async (c) => (await c.get(path)).json.status, 'expired'],
      [
        'deleted, in lists',
        async () => undefined,
        async (c) =>
          (await c.get('/api/history')).json.tasks.some((task: { has_capture: boolean }) => task.has_capture),
        false,
      ],
    ]
    for (const [what, change, shows, expected] of changes) {
      await keepAll(id)
      await change()
      expect(await shows(alice), `${what}, here`).toEqual(expected)
      await heard()
      expect(await shows(elsewhere(alice)), `${what}, elsewhere`).toEqual(expected)
    }
  })

  it('end with the session, the key, the role and the account', async () => {
    const id = await upload(alice)
    const bob = await userOf(here, admin, 'bob')
    const refused = async (client: Client, status: number) => {
      expect((await client.get('/api/history')).status, 'here').toBe(status)
      await heard()
      expect((await elsewhere(client).get('/api/history')).status, 'elsewhere').toBe(status)
    }
    const sees = async (client: Client, status: number) => {
      expect((await client.get(`/api/status/${id}`)).status, 'here').toBe(status)
      await heard()
      expect((await elsewhere(client).get(`/api/status/${id}`)).status, 'elsewhere').toBe(status)
    }
    const key = (await bob.post('/api/keys', { name: 'reads', scopes: ['read'] })).json
    const program = Object.assign(new Client(here.base, key.key), { id: bob.id })
    await keep(here, program, '/api/history')
    await keep(there, Object.assign(elsewhere(program), { id: bob.id }), '/api/history')
    await bob.delete(`/api/keys/${key.id}`)
    await refused(program, 401)
    await sees(bob, 404)
    for (const [role, status] of [
      ['admin', 200],
      ['user', 404],
    ] as const) {
      await admin.put(`/api/admin/users/${bob.id}/role`, { role })
      await refused(bob, 401) // sessions end with the role they were opened for
      bob.token = (await bob.logIn('bob', USER_PASSWORD)).json.access_token
      await sees(bob, status)
      await sees(bob, status)
    }
    await admin.put(`/api/admin/users/${bob.id}/block`)
    expect([401, 403]).toContain((await bob.get('/api/history')).status)
    await heard()
    expect([401, 403]).toContain((await elsewhere(bob).get('/api/history')).status)
    const carol = await userOf(here, admin, 'carol')
    await keep(here, carol, '/api/history')
    await keep(there, Object.assign(elsewhere(carol), { id: carol.id }), '/api/history')
    await carol.post('/api/logout')
    await refused(carol, 401)
    const dave = await userOf(here, admin, 'dave')
    await keep(here, dave, '/api/history')
    await keep(there, Object.assign(elsewhere(dave), { id: dave.id }), '/api/history')
    await admin.delete(`/api/admin/users/${dave.id}`)
    await refused(dave, 401)
    await alice.delete(`/api/reports/${id}`)
  })

  it('are not used while changes are not heard, and are again after', async () => {
    if (dialect === 'sqlite') return // there the database itself is asked
    const id = await upload(alice)
    await keepAll(id)
    const { changes, keptAnswers, database } = here.services
    const lost = new Promise<[boolean, unknown]>((resolve) => {
      const ignore = changes.onChange(({ kind }) => {
        if (kind !== 'everything') return
        ignore()
        resolve([changes.isHeard, keptAnswers.find({ userId: alice.id, role: 'user' }, { taskId: id })])
      })
    })
    await database.pool?.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%pcap_changes%' and pid <> pg_backend_pid()",
    )
    expect(await lost).toEqual([false, null])
    // whatever is asked meanwhile is true
    await alice.patch(`/api/tasks/${id}`, { filename: 'unheard.pcap' })
    expect((await alice.get(`/api/status/${id}`)).json.filename).toBe('unheard.pcap')
    await keepAll(id)
    await alice.delete(`/api/reports/${id}`)
  })
})

describe.each(dialects)('an event of a stream on %s', (dialect) => {
  it('is never followed by an older state', async () => {
    const service = await startTestService(dialect)
    const admin = await adminOf(service)
    const id = (await admin.upload(sample('slow-dns.pcap'))).json.task_id
    const stream = await fetch(`${service.base}/api/progress/${id}`, {
      headers: { authorization: `Bearer ${admin.token}` },
    })
    let events = 0
    for await (const text of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      for (const [, line = ''] of text.matchAll(/^data: (.*)$/gm)) {
        const told = JSON.parse(line)
        const { json } = await admin.get(`/api/status/${id}`)
        expect(json.progress_percent).toBeGreaterThanOrEqual(told.progress_percent)
        if (told.status === 'completed') expect(json.status).toBe('completed')
        events++
      }
    }
    expect(events).toBeGreaterThan(0)
    await service.end()
  })
})

describe('what is kept', () => {
  /** Changes that are told by hand. */
  class TestChanges implements Changes {
    isHeard = true
    readonly #listeners = new ChangeListeners()
    onChange(listener: (change: Change) => void) {
      return this.#listeners.add(listener)
    }
    tell(change: Change) {
      this.#listeners.emit('change', change)
    }
    async settled() {}
    listen() {}
    async stop() {}
  }
  const alice = { userId: 'alice', role: 'user' } as const
  const root = { userId: 'root', role: 'admin' } as const
  const task = { taskId: 'one' }

  it('is nothing that changed while it was read', async () => {
    const changes = new TestChanges()
    const kept = new KeptAnswers(changes)
    const cases: [Change, isKept: boolean][] = [
      [{ kind: 'task', ownerId: 'alice', taskId: 'one' }, false],
      [{ kind: 'task', ownerId: 'alice', taskId: 'two' }, true],
      [{ kind: 'task', ownerId: 'bob', taskId: 'one' }, true],
      [{ kind: 'name', userId: 'alice' }, false],
      [{ kind: 'everything' }, false],
    ]
    for (const [change, isKept] of cases) {
      let end = (_text: string) => {}
      const reading = kept.read(alice, task, () => new Promise((resolve) => (end = resolve)))
      changes.tell(change)
      end('read')
      expect(await reading).toBe('read')
      expect(kept.find(alice, task), JSON.stringify(change)).toBe(isKept ? 'read' : null)
      changes.tell({ kind: 'everything' })
      expect(kept.size).toEqual({ bytes: 0, answers: 0 })
    }
  })

  it('is forgotten for its owner and for administrators', async () => {
    const changes = new TestChanges()
    const kept = new KeptAnswers(changes)
    for (const viewer of [alice, root]) {
      await kept.read(viewer, task, async () => 'task')
      await kept.read(viewer, { list: '/api/history' }, async () => 'list')
    }
    changes.tell({ kind: 'task', ownerId: null, taskId: 'other' })
    expect(kept.find(root, { list: '/api/history' })).toBeNull()
    expect(kept.find(root, task)).toBe('task')
    expect(kept.find(alice, { list: '/api/history' })).toBe('list')
    changes.tell({ kind: 'task', ownerId: 'alice', taskId: 'one' })
    for (const viewer of [alice, root]) expect(kept.find(viewer, task)).toBeNull()
  })

  it('is of one role only, and of no use while nothing is heard', async () => {
    const changes = new TestChanges()
    const kept = new KeptAnswers(changes)
    await kept.read({ userId: 'alice', role: 'admin' }, task, async () => 'as administrator')
    expect(kept.find(alice, task)).toBeNull()
    changes.isHeard = false
    expect(kept.find({ userId: 'alice', role: 'admin' }, task)).toBeNull()
  })

  it('is bounded in bytes and in number, whoever asks', async () => {
    const kept = new KeptAnswers(new TestChanges(), { mostBytes: 1000, mostAnswers: 5 })
    for (let i = 0; i < 50; i++) {
      const viewer = { userId: `user${i % 7}`, role: 'user' } as const
      await kept.read(viewer, i % 2 === 0 ? { taskId: `${i}` } : { list: `${i}` }, async () =>
        'x'.repeat(1 + ((i * 37) % 400)),
      )
      expect(kept.size.bytes).toBeLessThanOrEqual(1000)
      expect(kept.size.answers).toBeLessThanOrEqual(5)
    }
    await kept.read(alice, task, async () => 'x'.repeat(1001))
    expect(kept.find(alice, task)).toBeNull()
  })

  it('is nothing that failed', async () => {
    const kept = new KeptAnswers(new TestChanges())
    await expect(kept.read(alice, task, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(kept.find(alice, task)).toBeNull()
    expect(kept.size.answers).toBe(0)
  })
})
