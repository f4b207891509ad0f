import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminOf, Client } from './support/client.ts'
import { newDatabase, startTestService, stopCluster, type TestService } from './support/test-service.ts'

const SESSIONS = 2
let folder: string
let databaseUrl: string
let token: string | null
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pcap-pool-'))
  databaseUrl = await newDatabase('postgres', folder)
  const service = await start('30')
  token = (await adminOf(service)).token
  await service.end()
})
afterAll(async () => {
  await stopCluster()
  rmSync(folder, { recursive: true })
})

const start = (timeoutSeconds: string) =>
  startTestService('postgres', {
    folder,
    databaseUrl,
    environment: {
      INLINE_WORKER: 'false',
      DATABASE_MAX_SIZE: String(SESSIONS),
      DATABASE_ACQUIRE_TIMEOUT_SECONDS: timeoutSeconds,
    },
  })

/** Takes every session of the pool; the returned function gives them back. */
async function exhaust({ services }: TestService): Promise<() => void> {
  const { pool } = services.database
  if (pool === null) throw new Error('no pool')
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => pool.connect()))
  return () => {
    for (const session of sessions) session.release()
  }
}

it('requests wait for a session while all are taken, and are answered when one is free', async () => {
  const service = await start('300')
  const client = new Client(service.base, token)
  const release = await exhaust(service)
  const asked = Array.from({ length: 20 }, () => client.get('/api/history'))
  while ((service.services.database.pool?.occupancy.waiting ?? 0) < asked.length) await wait(5)
  expect((await client.get('/api/health/live')).status).toBe(200)
  release()
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
  await service.end()
})

it('requests that get no session in time are told to come back, and find the service well', async () => {
  const service = await start('1')
  const client = new Client(service.base, token)
  const release = await exhaust(service)
  const refused = await client.get('/api/history')
  expect(refused).toMatchObject({ status: 503, json: { error_type: 'database_unavailable' } })
  expect(refused.headers.get('retry-after')).toBe('5')
  expect((await client.get('/api/health')).json).toMatchObject({ database: 'disconnected' })
  release()
  expect((await client.get('/api/history')).status).toBe(200)
  while ((await client.get('/api/health/ready')).status !== 200) await wait(50) // answers are kept for a second
  expect(service.services.database.pool?.occupancy.inUse).toBe(0)
  await service.end()
})
