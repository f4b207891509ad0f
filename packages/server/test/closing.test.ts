import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { adminOf } from './support/client.ts'
import { sample, startTestService } from './support/test-service.ts'

const LONGEST_MS = 60_000

/** Fails loudly instead of waiting for ever. */
async function within<Result>(work: Promise<Result>, ms = LONGEST_MS): Promise<Result> {
  return Promise.race([work, wait(ms).then(() => Promise.reject(new Error(`not done within ${ms} ms`)))])
}

it('a service closes while somebody watches, and tells watchers to come back', async () => {
  const service = await startTestService('sqlite', { environment: { INLINE_WORKER: 'false' } })
  const admin = await adminOf(service)
  const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
  const watching = admin.get(`/api/progress/${task_id}`)
  while (service.services.progress.viewers === 0) await wait(10)
  await within(service.end())
  const { text } = await within(watching)
  expect(text).toContain('retry: ')
  expect(text).toContain('"status":"pending"')
})

it('a service that closes answers what it was asked before', async () => {
  const service = await startTestService('sqlite', { environment: { INLINE_WORKER: 'false' } })
  const admin = await adminOf(service)
  const begun = once(service.app?.server as Server, 'request')
  const asked = admin.post('/api/auth/forgot-password', { email: 'nobody@example.com' })
  await begun // the answer takes longer
  await within(service.end())
  expect((await asked).status).toBe(200)
})

it('a service that closes waits for nobody longer than it was told', async () => {
  const service = await startTestService('sqlite', {
    environment: { INLINE_WORKER: 'false', SHUTDOWN_TIMEOUT_SECONDS: '1' },
  })
  const { hostname, port } = new URL(service.base)
  const begun = once(service.app?.server as Server, 'request')
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined) // a reset is what is wanted
  socket.write('POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
  await begun
  const start = performance.now()
  await within(service.end())
  expect(performance.now() - start).toBeGreaterThan(900)
  socket.destroy()
})

it('a worker that closes ends what is nearly done, and gives back what is not', async () => {
  const service = await startTestService('sqlite', { environment: { SHUTDOWN_TIMEOUT_SECONDS: '300' } })
  const admin = await adminOf(service)
  const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
  const { database } = service.services
  const status = async () =>
    await database.query.selectFrom('tasks').selectAll().where('task_id', '=', task_id).executeTakeFirstOrThrow()
  while ((await status()).status === 'pending') await wait(5)
  await within(service.close())
  const again = await startTestService('sqlite', {
    folder: service.folder,
    databaseUrl: service.environment.DATABASE_URL,
    environment: { INLINE_WORKER: 'false' },
  })
  const left = await again.services.database.query.selectFrom('tasks').selectAll().executeTakeFirstOrThrow()
  expect(left).toMatchObject({ status: 'completed', attempts: 1 })
  await again.end()
})
