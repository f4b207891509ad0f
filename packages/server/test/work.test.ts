import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { asTenant, SERVICE } from '../src/index.ts'
import { MOST_ATTEMPTS } from '../src/jobs/next-task.ts'
import { LEASE_MS } from '../src/jobs/task-queue.ts'
import type { AnalysisMessage } from '../src/worker/messages.ts'
import { extrapolated } from '../src/worker/packet-estimate.ts'
import { adminOf, type Client, userOf } from './support/client.ts'
import { dialects, sample, startTestService, stopCluster } from './support/test-service.ts'

afterAll(stopCluster)

const WITHOUT_WORKER = { INLINE_WORKER: 'false' }

async function endedAll(client: Client, ids: readonly string[]): Promise<string[]> {
  const statuses = []
  for (const id of ids) statuses.push((await client.ended(id)).json.status)
  return statuses
}

describe.each(dialects)('tasks on %s', (dialect) => {
  it('are taken one by one, fairly between users, by any number of workers', async () => {
    const service = await startTestService(dialect, { environment: WITHOUT_WORKER })
    const admin = await adminOf(service)
    const busy = await userOf(service, admin, 'busy')
    const quiet = await userOf(service, admin, 'quiet')
    for (let i = 0; i < 4; i++) await busy.upload(sample('slow-dns.pcap'))
    await quiet.upload(sample('slow-dns.pcap'))
    const { queue } = service.services
    // at once, and still the second is for the user who has nothing under way
    const first = await Promise.all([queue.claim(randomUUID()), queue.claim(randomUUID())])
    const rest = [await queue.claim(randomUUID()), await queue.claim(randomUUID()), await queue.claim(randomUUID())]
    const taken = [...first, ...rest].flatMap((claim) => (claim === null ? [] : [claim.task]))
    expect(new Set(taken.map(({ task_id }) => task_id)).size).toBe(5)
    expect(new Set(first.map((claim) => claim?.task.owner_id))).toEqual(new Set([busy.id, quiet.id]))
    expect(await queue.claim(randomUUID())).toBeNull()
    await service.end()
  })

  it('are taken again when a worker is gone, and fail after the third time', async () => {
    let aheadMs = 0
    const service = await startTestService(dialect, {
      environment: WITHOUT_WORKER,
      now: () => new Date(Date.now() + aheadMs),
    })
    const admin = await adminOf(service)
    const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
    const { queue } = service.services
    const late = []
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const claim = await queue.claim(randomUUID())
      expect(claim?.task).toMatchObject({ task_id, attempts: attempt })
      late.push(claim)
      expect(await queue.claim(randomUUID())).toBeNull()
      expect(await queue.giveUp()).toEqual([])
      aheadMs += LEASE_MS + 1000
    }
    expect(await queue.claim(randomUUID())).toBeNull()
    expect(await queue.giveUp()).toEqual([task_id])
    for (const claim of late) {
      if (claim === null) continue
      expect(await queue.beat(claim)).toBe('lost')
      expect(await queue.finish(claim, { status: 'cancelled' })).toBe(false)
    }
    const status = await admin.get(`/api/status/${task_id}`)
    expect(status.json).toMatchObject({ status: 'failed', error_code: 'WORKER_LOST' })
    expect((await admin.post(`/api/tasks/${task_id}/retry`)).json).toMatchObject({ status: 'pending', attempts: 0 })
    const phases = async () =>
      (await admin.get(`/api/progress/history/${task_id}`)).json.snapshots.map(({ phase }: { phase: string }) => phase)
    expect(await phases()).toEqual(['queued', 'failed', 'queued'])
    const watching = admin.get(`/api/progress/${task_id}`)
    while (service.services.progress.viewers === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await admin.post(`/api/tasks/${task_id}/cancel`)).json.status).toBe('cancelled')
    const { text } = await watching
    expect([...text.matchAll(/"phase":"(\w+)"/g)].map(([, phase]) => phase)).toEqual(['queued', 'cancelled'])
    await service.end()
  })

  it('respect quotas and the length of the queue', async () => {
    const at = new Date()
    const service = await startTestService(dialect, {
      environment: { ...WITHOUT_WORKER, MAX_QUEUE_SIZE: '2', UPLOAD_RATE_LIMIT_REQUESTS: '4' },
      now: () => at, // however long it takes, it is within one window
    })
    const admin = await adminOf(service)
    const user = await userOf(service, admin, 'user')
    const upload = async () => {
      const { status, json, headers } = await user.upload(sample('slow-dns.pcap'))
      return [status, json.detail ?? json.status, headers.get('retry-after') !== null]
    }
    expect(await upload()).toEqual([202, 'pending', false])
    await admin.put(`/api/admin/users/${user.id}/quota`, { quota_bytes: null, quota_tasks: 1 })
    expect((await upload())[1]).toMatch(/^Quota exceeded: too many tasks/)
    await admin.put(`/api/admin/users/${user.id}/quota`, { quota_bytes: 100, quota_tasks: null })
    expect((await upload())[1]).toMatch(/^Quota exceeded: too many bytes/)
    await admin.put(`/api/admin/users/${user.id}/quota`, { quota_bytes: null, quota_tasks: null })
    expect(await upload()).toEqual([202, 'pending', false])
    expect(await upload()).toEqual([429, 'Upload rate limit exceeded: 4 per 60 seconds', true])
    await service.services.database.query.deleteFrom('login_attempts').execute()
    expect(await upload()).toEqual([503, 'Queue is full. Please try again later.', true])
    await service.end()
  })

  it('are expired in time, and store and database are kept in step', async () => {
    let aheadMs = 0
    const service = await startTestService(dialect, {
      now: () => new Date(Date.now() + aheadMs),
      environment: { REPORT_TTL_HOURS: '2' },
    })
    const admin = await adminOf(service)
    const [first, second] = [
      await admin.upload(sample('slow-dns.pcap')),
      await admin.upload(sample('filtered-port.pcap')),
    ]
    await endedAll(admin, [first.json.task_id, second.json.task_id])
    const { blobs } = service.services
    await blobs.delete(`reports/${second.json.task_id}.json`)
    await blobs.delete(`uploads/${first.json.task_id}.pcap`)
    const { Readable } = await import('node:stream')
    await blobs.put('uploads/left-behind.pcap', Readable.from([Buffer.from('x')]), 10)
    expect(await service.housekeeping?.run()).toEqual({
      expired: 0,
      orphanBlobs: 0,
      abandonedUploads: 0,
      missingReports: 1,
      missingCaptures: 1,
    })
    expect((await admin.get(`/api/status/${first.json.task_id}`)).json.has_capture).toBe(false)
    aheadMs = 3 * 3_600_000
    const round = await service.housekeeping?.run()
    expect(round).toMatchObject({ expired: 2, missingReports: 0 })
    const left = []
    for (const prefix of ['uploads', 'reports']) for await (const { key } of blobs.list(prefix)) left.push(key)
    expect(left).toEqual([])
    const { query } = service.services.database
    await asTenant(service.services.database, SERVICE, async (transaction) => {
      for (const { status } of await transaction.selectFrom('tasks').select('status').execute())
        expect(status).toBe('expired')
    })
    expect(await query.selectFrom('users').selectAll().execute()).toHaveLength(1)
    await service.end()
  })
})

describe('an analysis', () => {
  it('says from its first word to its last how many packets there are, and what is being done', async () => {
    const { runAnalysis } = await import('../src/worker/run-analysis.ts')
    const folder = mkdtempSync(join(tmpdir(), 'pcap-news-'))
    const capture = join(import.meta.dirname, '../../../samples/slow-dns.pcap')
    const order = { capture, name: 'x.pcap', folder, language: 'en', mostExpansionRatio: 1000 } as const
    const news: AnalysisMessage[] = []
    const limits = { memoryMb: 512, timeoutSeconds: 600 }
    const result = await runAnalysis(order, limits, (one) => news.push(one), new AbortController().signal)
    const packets = result.kind === 'done' ? result.packets : 0
    const told = news.flatMap((one) => (one.kind === 'progress' ? [one] : []))
    expect(new Set(told.map(({ phase }) => phase))).toEqual(new Set(['starting', 'reading', 'reporting']))
    for (const { totalPackets, currentAnalyzer } of told) {
      expect(totalPackets).toBe(packets) // small enough to be counted whole by the first look
      expect(currentAnalyzer).not.toBe('')
    }
    expect(told.at(-1)).toMatchObject({ packets })
    rmSync(folder, { recursive: true })
  })

  it('estimates packets by the bytes that were read', () => {
    expect(extrapolated(100, 1000, 5000)).toBe(500)
    expect(extrapolated(100, 0, 0)).toBe(100)
    expect(extrapolated(7, 1000, 1000)).toBe(7)
  })

  it('is ended when it takes too much memory or time, and says so', async () => {
    const { runAnalysis } = await import('../src/worker/run-analysis.ts')
    const folder = mkdtempSync(join(tmpdir(), 'pcap-limits-'))
    const order = {
      capture: join(import.meta.dirname, '../../../samples/slow-dns.pcap'),
      name: 'x.pcap',
      folder,
      language: 'en' as const,
      mostExpansionRatio: 1000,
    }
    const run = (memoryMb: number, capture = order.capture) =>
      runAnalysis({ ...order, capture }, { memoryMb, timeoutSeconds: 60 }, () => {}, new AbortController().signal)
    expect(await run(512)).toMatchObject({ kind: 'done' })
    expect(await run(12)).toMatchObject({ kind: 'failed', code: 'MEMORY_LIMIT' })
    const pipe = join(folder, 'nobody-writes')
    execFileSync('mkfifo', [pipe])
    const limits = { memoryMb: 512, timeoutSeconds: 1 }
    const waiting = runAnalysis({ ...order, capture: pipe }, limits, () => {}, new AbortController().signal)
    expect(await waiting).toMatchObject({ kind: 'failed', code: 'TIME_LIMIT' })
    const stop = new AbortController()
    const stopped = runAnalysis(order, { memoryMb: 512, timeoutSeconds: 60 }, () => {}, stop.signal)
    stop.abort()
    expect(await stopped).toEqual({ kind: 'stopped' })
    rmSync(folder, { recursive: true })
  })
})
