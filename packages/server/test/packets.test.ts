import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DirectoryBlobs } from '../src/blobs/directory.ts'
import { asTenant, SERVICE } from '../src/index.ts'
import { OneQuery } from '../src/packets/one-query.ts'
import { PacketLists, readRows } from '../src/packets/packet-lists.ts'
import { UserTurns } from '../src/packets/user-turns.ts'
import { adminOf, type Client, userOf } from './support/client.ts'
import { framesOf } from './support/frames.ts'
import { dialects, sample, startTestService, stopCluster, type TestService } from './support/test-service.ts'

afterAll(stopCluster)

const capture = sample('slow-download.pcap')

describe('packets of a stored capture', () => {
  let service: TestService
  let alice: Client & { id: string }
  let task = ''
  let frames: string[]
  beforeAll(async () => {
    service = await startTestService('sqlite')
    alice = await userOf(service, await adminOf(service), 'alice')
    task = (await alice.upload(capture)).json.task_id
    await alice.ended(task)
    frames = await framesOf(capture)
  })
  afterAll(() => service.end())
  const list = (query: Record<string, string>) => alice.get(`/api/tasks/${task}/packets?${new URLSearchParams(query)}`)

  it('lists every frame, page by page', async () => {
    const numbers: number[] = []
    for (let offset = 0; ; offset += 70) {
      const { json } = await list({ offset: String(offset), limit: '70' })
      expect([json.passed, json.packets, json.listed]).toEqual([frames.length, frames.length, frames.length])
      if (json.rows.length === 0) break
      numbers.push(...json.rows.map(([number]: [number]) => number))
    }
    expect(numbers).toEqual(frames.map((_, i) => i + 1))
  })

  it('lists what passes a filter, in the order asked for', async () => {
    const { json } = await list({ filter: 'tcp.flags.syn == 1', sort: 'time', order: 'desc' })
    expect(json.rows.map(([number]: [number]) => number)).toEqual([5, 4])
    expect(json.rows[1].slice(7)).toEqual(['chat', 'tcp', 0])
    const retransmissions = await list({ filter: 'tcp.analysis.retransmission' })
    expect(retransmissions.json.passed).toBeGreaterThan(0)
    expect(retransmissions.json.rows[0][7]).toBe('note')
  })

  it('says where a filter is wrong, and what was meant', async () => {
    const { status, json } = await list({ filter: 'tcp.analysis.retransmision' })
    expect([status, json.error_type]).toEqual([400, 'invalid_filter'])
    expect(`${json.detail} ${json.hint}`).toContain('tcp.analysis.retransmission')
  })

  it('takes a frame apart, with its very bytes', async () => {
    const { json } = await alice.get(`/api/tasks/${task}/packets/4`)
    expect(Buffer.from(json.base64, 'base64').toString('hex')).toBe(frames[3]?.split(' ')[1])
    expect(json.nodes.map(({ label }: { label: string }) => label.split(',')[0])).toEqual(
      expect.arrayContaining(['Internet Protocol Version 4']),
    )
    expect((await alice.get(`/api/tasks/${task}/packets/${frames.length + 1}`)).status).toBe(404)
  })

  it('follows a stream', async () => {
    const { json } = await alice.get(`/api/tasks/${task}/streams/tcp/0`)
    const sent = json.turns.map(({ base64 }: { base64: string }) => Buffer.from(base64, 'base64').length)
    expect(sent.length).toBeGreaterThan(0)
    expect(json.initiator).toMatch(/ port \d+$/)
    expect((await alice.get(`/api/tasks/${task}/streams/tcp/77`)).status).toBe(404)
  })

  it('keeps nothing of a deleted capture', async () => {
    await alice.delete(`/api/reports/${task}`)
    expect((await list({})).status).toBe(404)
  })
})

describe('lists that are kept', () => {
  it('are made once for all who ask, and again after they failed or were forgotten', async () => {
    const lists = new PacketLists()
    const here = new AbortController().signal
    let made = 0
    const make = async () => ({ folder: '/nowhere', passed: ++made, packets: 1, listed: 0, starts: [] })
    const [one, other] = await Promise.all([lists.get('t', 'x', make, here), lists.get('t', 'x', make, here)])
    expect([one.passed, other.passed]).toEqual([1, 1])
    await expect(lists.get('t', 'y', () => Promise.reject(new Error('no')), here)).rejects.toThrow('no')
    expect((await lists.get('t', 'y', make, here)).passed).toBe(2)
    lists.forget('t')
    expect((await lists.get('t', 'x', make, here)).passed).toBe(3)
    lists.stop()
    expect(await readRows(one, 0, 10)).toEqual([])
  })

  it('are made as long as anybody waits for them, and not a moment longer', async () => {
    const lists = new PacketLists()
    const [first, second] = [new AbortController(), new AbortController()]
    const making: AbortSignal[] = []
    const make = (signal: AbortSignal) => {
      making.push(signal)
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const asked = [first, second].map(({ signal }) => lists.get('t', 'x', make, signal))
    first.abort(new Error('gone'))
    await expect(asked[0]).rejects.toThrow('gone')
    expect(making.map(({ aborted }) => aborted)).toEqual([false])
    second.abort(new Error('gone too'))
    await expect(asked[1]).rejects.toThrow('gone too')
    expect(making.map(({ aborted }) => aborted)).toEqual([true])
    // whoever comes then does not get what is being stopped
    const third = new AbortController()
    const another = lists.get('t', 'x', make, third.signal)
    expect(making.map(({ aborted }) => aborted)).toEqual([true, false])
    third.abort(new Error('enough'))
    await expect(another).rejects.toThrow('enough')
    lists.stop()
  })
})

describe('queries of a user', () => {
  /** Work that ends when it is told to, or given up. */
  function held() {
    const done = Promise.withResolvers<string>()
    const work = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => done.reject(signal.reason))
      return done.promise
    }
    return { work, end: () => done.resolve('done') }
  }

  it('give way to the newest, while parts of one query, other windows and other users do not', async () => {
    const queries = new OneQuery()
    const [alice, bob] = ['alice', 'bob'].map((userId) => ({ userId, window: 'w' }))
    const [slow, part, other, newer, elsewhere] = [held(), held(), held(), held(), held()]
    const asked = queries.run(alice, 'matches x', slow.work)
    const askedPart = queries.run(alice, 'matches x', part.work)
    const askedByBob = queries.run(bob, 'matches x', other.work)
    const askedElsewhere = queries.run({ ...alice, window: 'another' }, 'udp', elsewhere.work)
    const askedNewer = queries.run(alice, 'tcp', newer.work)
    await expect(asked).rejects.toMatchObject({ status: 409, code: 'query_replaced' })
    await expect(askedPart).rejects.toMatchObject({ status: 409 })
    newer.end()
    other.end()
    elsewhere.end()
    expect(await Promise.all([askedNewer, askedByBob, askedElsewhere])).toEqual(['done', 'done', 'done'])
    const again = held()
    const askedAgain = queries.run(alice, 'matches x', again.work)
    again.end()
    expect(await askedAgain).toBe('done')
  })
})

describe('turns of users', () => {
  it('let each do so much at once, the rest in its order, and no one wait for others', async () => {
    const turns = new UserTurns(2, 1)
    const begun: string[] = []
    const work = (name: string) => {
      const done = Promise.withResolvers<void>()
      const run = (userId: string) =>
        turns.run(userId, () => {
          begun.push(name)
          return done.promise
        })
      return { run, end: () => done.resolve() }
    }
    const [first, second, third, fourth, other] = ['1', '2', '3', '4', 'other'].map(work)
    const asked = [first?.run('alice'), second?.run('alice'), third?.run('alice'), other?.run('bob')]
    await expect(fourth?.run('alice')).rejects.toThrow('too many wait already')
    expect(begun).toEqual(['1', '2', 'other'])
    second?.end()
    await asked[1]
    await expect.poll(() => begun).toEqual(['1', '2', 'other', '3'])
    for (const one of [first, third, other]) one?.end()
    await Promise.all(asked)
  })
})

describe('windows of a user on a real service', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startTestService('sqlite')
  })
  afterAll(() => service.end())

  /** From now on whoever reads a stored capture waits until it is let go; each is told of as it comes. */
  function holdCaptures() {
    const file = DirectoryBlobs.prototype.file
    const waiting: (() => void)[] = []
    const told: (() => void)[] = []
    const spy = vi.spyOn(DirectoryBlobs.prototype, 'file').mockImplementation(async function (
      this: DirectoryBlobs,
      key,
    ) {
      await new Promise<void>((go) => {
        waiting.push(go)
        told.shift()?.()
      })
      return file.call(this, key)
    })
    return {
      /** Resolves when the next one reads. */
      next: () => new Promise<void>((resolve) => told.push(resolve)),
      letGo: () => {
        spy.mockRestore()
        for (const go of waiting) go()
      },
    }
  }

  it('do not give up each other’s queries, and each its own', async () => {
    const alice = await userOf(service, await adminOf(service), 'alice')
    const task: string = (await alice.upload(capture)).json.task_id
    await alice.ended(task)
    const ask = (window: string, filter: string) =>
      alice.get(`/api/tasks/${task}/packets?${new URLSearchParams({ filter, window })}`)
    const held = holdCaptures()
    const reads = held.next()
    const first = ask('one', 'udp')
    await reads
    const readsToo = held.next()
    const elsewhere = ask('another', 'tcp')
    // while the first is still under way
    await readsToo
    const second = ask('one', 'dns')
    expect(await first).toMatchObject({ status: 409, json: { error_type: 'query_replaced' } })
    held.letGo()
    expect([(await elsewhere).status, (await second).status]).toEqual([200, 200])
  })
})

describe.each(dialects)('shares on %s', (dialect) => {
  let service: TestService
  let alice: Client & { id: string }
  let bob: Client & { id: string }
  let task = ''
  beforeAll(async () => {
    service = await startTestService(dialect)
    const admin = await adminOf(service)
    alice = await userOf(service, admin, 'alice')
    bob = await userOf(service, admin, 'bob')
    task = (await alice.upload(capture)).json.task_id
    await alice.ended(task)
  })
  afterAll(() => service.end())
  const share = (level: string) => alice.post(`/api/tasks/${task}/shares`, { username: 'Bob', level })
  const statuses = async (paths: readonly string[]) => {
    const found: number[] = []
    for (const path of paths) found.push((await bob.get(path.replace('ID', task))).status)
    return found
  }
  const paths = [
    '/api/tasks/ID/access',
    '/api/reports/ID/json',
    '/api/tasks/ID/packets',
    '/api/tasks/ID/notes',
    '/api/reports/ID/csv',
    '/api/tasks/ID/packets?filter=tcp.payload+contains+47',
    '/api/tasks/ID/streams/tcp/0',
    '/api/tasks/ID/capture',
    '/api/reports/ID/evidence/1',
  ]

  it('open as much as their level says, and no more', async () => {
    expect(await statuses(paths)).toEqual(paths.map(() => 404))
    expect((await share('summary')).status).toBe(201)
    expect(await statuses(paths)).toEqual([200, 200, 403, 403, 403, 403, 403, 403, 403])
    const { json: summary, text } = await bob.get(`/api/reports/${task}/json`)
    const { json: whole } = await alice.get(`/api/reports/${task}/json`)
    expect(summary.findings.map(({ summary: said }: { summary: string }) => said)).toEqual(
      whole.findings.map(({ summary: said }: { summary: string }) => said),
    )
    expect(text).not.toContain('tcp.stream')
    await share('metadata')
    expect(await statuses(paths)).toEqual([200, 200, 200, 200, 200, 403, 403, 403, 403])
    await share('payload')
    expect(await statuses(paths)).toEqual([200, 200, 200, 200, 200, 200, 200, 403, 403])
    await share('raw')
    expect(await statuses(paths)).toEqual(paths.map(() => 200))
  })

  it('withhold what was sent below that level', async () => {
    await share('metadata')
    const { json: list } = await bob.get(`/api/tasks/${task}/packets?filter=http.request`)
    const [number] = list.rows[0]
    const { json } = await bob.get(`/api/tasks/${task}/packets/${number}`)
    const whole = (await alice.get(`/api/tasks/${task}/packets/${number}`)).json
    expect(json.isPayloadWithheld).toBe(true)
    expect(Buffer.from(whole.base64, 'base64').toString('latin1')).toContain('GET ')
    expect(Buffer.from(json.base64, 'base64').toString('latin1')).not.toContain('GET ')
    expect(JSON.stringify(json.nodes)).not.toContain('Hypertext')
  })

  it('let the notes be read and only the owner write them', async () => {
    const written = await alice.put(`/api/tasks/${task}/notes/a%20finding`, { note: ' <b>seen</b> ', tags: ['todo'] })
    expect(written.json).toMatchObject([
      { finding_key: 'a finding', note: '<b>seen</b>', tags: ['todo'], author: 'alice' },
    ])
    expect((await bob.get(`/api/tasks/${task}/notes`)).json).toEqual(written.json)
    expect((await bob.put(`/api/tasks/${task}/notes/a%20finding`, { note: 'no', tags: [] })).status).toBe(404)
    expect((await alice.put(`/api/tasks/${task}/notes/a%20finding`, { note: '', tags: [] })).json).toEqual([])
  })

  it('can be seen by both, changed by the owner, and end', async () => {
    const { json: given } = await alice.get(`/api/tasks/${task}/shares`)
    expect(given).toMatchObject([{ level: 'metadata', recipient_username: 'bob' }])
    expect((await bob.get('/api/shares')).json).toMatchObject([{ task_id: task, owner_username: 'alice' }])
    expect((await bob.get(`/api/tasks/${task}/shares`)).status).toBe(404)
    expect((await bob.delete(`/api/reports/${task}`)).status).toBe(404)
    expect((await alice.delete(`/api/tasks/${task}/shares/${given[0].id}`)).status).toBe(200)
    expect(await statuses(paths)).toEqual(paths.map(() => 404))
    expect((await bob.get('/api/shares')).json).toEqual([])
  })

  it('go with the report, as the notes do', async () => {
    const { json } = await alice.upload(sample('slow-dns.pcap'))
    await alice.ended(json.task_id)
    await alice.post(`/api/tasks/${json.task_id}/shares`, { username: 'bob', level: 'raw' })
    await alice.put(`/api/tasks/${json.task_id}/notes/key`, { note: 'secret', tags: [] })
    await alice.delete(`/api/reports/${json.task_id}`)
    const left = await asTenant(service.services.database, SERVICE, async (transaction) => [
      ...(await transaction.selectFrom('finding_notes').select('note').execute()),
      ...(await transaction
        .selectFrom('report_shares')
        .select('task_id')
        .where('task_id', '=', json.task_id)
        .execute()),
    ])
    expect(left).toEqual([])
  })

  it('refuse who is no other user', async () => {
    for (const username of ['nobody', 'alice']) {
      expect((await alice.post(`/api/tasks/${task}/shares`, { username, level: 'raw' })).status).toBe(400)
    }
    expect((await alice.post(`/api/tasks/${task}/shares`, { username: 'bob', level: 'all' })).status).toBe(422)
  })
})
