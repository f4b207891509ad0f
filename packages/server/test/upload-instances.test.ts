import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Upload } from '@tus/server'
import S3rver from 's3rver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BlobParts } from '../src/captures/blob-parts.ts'
import { largeCapture } from './support/capture.ts'
import { adminOf, Client } from './support/client.ts'
import { startTestService, stopCluster, type TestService } from './support/test-service.ts'

const TUS = { 'tus-resumable': '1.0.0' }

describe('an upload in parts to instances that share a store and no folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-s3-'))
  let store: S3rver
  let here: TestService
  let there: TestService
  let first: Client
  let second: Client

  beforeAll(async () => {
    const configureBuckets = [{ name: 'pcap', configs: [] }]
    store = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: folder, configureBuckets })
    const { port } = await store.run()
    const environment = {
      STORAGE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${port}/pcap`,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      INLINE_WORKER: 'false',
    }
    here = await startTestService('postgres', { environment })
    // a folder of its own, as on another machine
    there = await startTestService('postgres', { environment, databaseUrl: here.environment.DATABASE_URL ?? '' })
    first = await adminOf(here)
    second = new Client(there.base, first.token)
  })
  afterAll(async () => {
    await there.end()
    await here.end()
    await store.close()
    await stopCluster()
    rmSync(folder, { recursive: true })
  })

  const begin = async (client: Client, bytes: number) => {
    const headers = { ...TUS, 'upload-length': String(bytes), 'upload-metadata': 'filename eC5wY2Fw' }
    const begun = await client.post('/api/uploads', undefined, headers)
    expect(begun.status, begun.text).toBe(201)
    return begun.headers.get('location') ?? ''
  }
  const received = async (client: Client, path: string) =>
    Number((await client.call('HEAD', path, undefined, TUS)).headers.get('upload-offset'))
  const send = (client: Client, path: string, part: Uint8Array, offset: number) =>
    client.call('PATCH', path, part, {
      ...TUS,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
    })
  const kept = async () => {
    const keys: string[] = []
    for await (const { key } of here.services.blobs.list('parts')) keys.push(key)
    return keys
  }

  it('goes on at another, and nothing of its parts stays', async () => {
    const content = largeCapture(0, 1)
    const third = Math.ceil(content.length / 3)
    const path = await begin(first, content.length)
    expect(await received(second, path)).toBe(0)
    expect((await send(first, path, content.subarray(0, third), 0)).status).toBe(204)
    expect(await received(second, path)).toBe(third)
    expect((await send(second, path, content.subarray(third, 2 * third), third)).status).toBe(204)
    expect((await send(second, path, content.subarray(third, 2 * third), third)).status).toBe(409)
    const last = await send(first, path, content.subarray(2 * third), 2 * third)
    const taskId = last.headers.get('x-task-id') ?? ''
    const { json } = await second.get(`/api/status/${taskId}`)
    expect(json.file_sha256).toBe(createHash('sha256').update(content).digest('hex'))
    expect(await kept()).toEqual([])
    // whoever lost the last answer
    expect((await second.call('HEAD', path, undefined, TUS)).headers.get('x-task-id')).toBe(taskId)
  })

  it('keeps what had come when the connection broke', async () => {
    const content = largeCapture(10 << 20, 2)
    const path = await begin(first, content.length)
    const sending = request(here.base + path, {
      method: 'PATCH',
      headers: {
        ...TUS,
        authorization: `Bearer ${first.token}`,
        'content-type': 'application/offset+octet-stream',
        'content-length': content.length,
        'upload-offset': '0',
      },
    })
    sending.on('error', () => undefined)
    sending.write(content.subarray(0, 9 << 20))
    // one piece is stored, of the next a part is held
    while ((await received(second, path)) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    sending.destroy()
    let taskId: string | null = null
    while (taskId === null) {
      const offset = await received(second, path)
      expect(offset).toBeGreaterThanOrEqual(8 << 20)
      const last = await send(second, path, content.subarray(offset), offset)
      // the first instance may just have stored what it held
      if (last.status !== 409) expect(last.status, last.text).toBe(204)
      taskId = last.headers.get('x-task-id')
    }
    const { json } = await second.get(`/api/status/${taskId}`)
    expect(json.file_sha256).toBe(createHash('sha256').update(content).digest('hex'))
  })

  it('loses nothing to what another instance stores late', async () => {
    const parts = new BlobParts(here.services.blobs, 3_600_000)
    const [id, late] = [randomUUID(), randomUUID()]
    const bytes = (words: string) => Readable.from([Buffer.from(words)])
    for (const one of [id, late]) await parts.store.create(new Upload({ id: one, size: 6, offset: 0, metadata: {} }))
    expect(await parts.store.write(bytes('abc'), id, 0)).toBe(3)
    expect(await parts.store.write(bytes('def'), id, 3)).toBe(6)
    for (const [again, offset] of [
      ['a', 0],
      ['abcd', 0],
      ['de', 3],
    ] as const)
      await parts.store.write(bytes(again), id, offset)
    expect((await parts.store.getUpload(id)).offset).toBe(6)
    expect(await text(parts.content(id))).toBe('abcdef')
    // what follows nothing is not there
    await parts.store.write(bytes('f'), late, 5)
    expect((await parts.store.getUpload(late)).offset).toBe(0)
    for (const one of [id, late]) await parts.remove(one)
    expect((await kept()).filter((key) => key.includes(id) || key.includes(late))).toEqual([])
  })

  it('is nobody else’s, and can be given up at either', async () => {
    const path = await begin(first, 1000)
    expect((await new Client(there.base).call('HEAD', path, undefined, TUS)).status).toBe(401)
    expect((await send(second, path, new Uint8Array(10), 0)).status).toBe(204)
    expect((await second.call('DELETE', path, undefined, TUS)).status).toBe(204)
    expect((await first.call('HEAD', path, undefined, TUS)).status).toBe(404)
    expect((await kept()).filter((key) => key.includes(path.split('/').at(-1) ?? ''))).toEqual([])
  })

  it('is forgotten when nobody goes on with it', async () => {
    const path = await begin(first, 1000)
    expect((await send(first, path, new Uint8Array(10), 0)).status).toBe(204)
    expect(await here.services.partialUploads.removeAbandoned()).toBe(0)
    expect((await kept()).filter((key) => key.includes(path.split('/').at(-1) ?? ''))).toHaveLength(2)
    expect((await second.call('DELETE', path, undefined, TUS)).status).toBe(204)
  })
})
