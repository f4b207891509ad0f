import { expect, it } from 'vitest'
import { adminOf } from './support/client.ts'
import { sample, startTestService } from './support/test-service.ts'

const VIEWERS = 1000

it('a thousand viewers are served by one reader of the database', async () => {
  const service = await startTestService('sqlite', { environment: { INLINE_WORKER: 'false' } })
  const admin = await adminOf(service)
  const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${admin.token}` }
  const open = () => fetch(`${service.base}/api/progress/${task_id}`, { headers, signal: stop.signal })
  const streams = []
  for (let opened = 0; opened < VIEWERS; opened += 100) {
    streams.push(...(await Promise.all(Array.from({ length: 100 }, open))))
  }
  const { progress } = service.services
  // a stream begins before it is told of what comes
  await expect.poll(() => progress.viewers).toBe(VIEWERS)
  const before = progress.reads
  const startMs = performance.now()
  while (progress.reads < before + 3) await new Promise((resolve) => setTimeout(resolve, 50))
  // one for all of them every half second, however long that took
  expect(progress.reads - before).toBeLessThanOrEqual((performance.now() - startMs) / 500 + 2)
  const last = Promise.all(streams.map((stream) => stream.text()))
  expect((await admin.post(`/api/tasks/${task_id}/cancel`)).status).toBe(200)
  for (const text of await last) expect(text).toContain('"status":"cancelled"')
  await expect.poll(() => progress.viewers).toBe(0)
  stop.abort()
  await service.end()
})
