import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DetailedError, Upload } from 'tus-js-client'
import { afterAll, describe, expect, it } from 'vitest'
import { largeCapture } from './support/capture.ts'
import { adminOf, Client, userOf } from './support/client.ts'
import { kill, startServiceProcess } from './support/processes.ts'
import { dialects, newDatabase, sample, startTestService, stopCluster } from './support/test-service.ts'

afterAll(stopCluster)

const MIB = 1 << 20
const WITHOUT_WORKER = { INLINE_WORKER: 'false' }

interface Sending {
  readonly upload: Upload
  /** Header X-Task-Id of the last answer. */
  readonly done: Promise<string | undefined>
}

/** Sends a capture with the client of the protocol, a megabyte at a time. */
function send(
  client: Client,
  content: Buffer,
  options: { url?: string; onChunk?: (upload: Upload) => void } = {},
): Sending {
  let upload!: Upload
  const done = new Promise<string | undefined>((resolve, reject) => {
    upload = new Upload(content, {
      endpoint: `${client.base}/api/uploads`,
      ...(options.url !== undefined && { uploadUrl: options.url }),
      headers: { authorization: `Bearer ${client.token}` },
      metadata: { filename: 'sent in parts.pcap' },
      chunkSize: MIB,
      retryDelays: null,
      onChunkComplete: () => options.onChunk?.(upload),
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('x-task-id')),
      onError: reject,
    })
  })
  upload.start()
  return { upload, done }
}

const tus = { 'tus-resumable': '1.0.0' }
const begin = (client: Client, bytes: number, filename = 'x.pcap') =>
  client.post('/api/uploads', undefined, {
    ...tus,
    'upload-length': String(bytes),
    'upload-metadata': `filename ${Buffer.from(filename).toString('base64')}`,
  })
const go = (client: Client, path: string, offset: number, content: Buffer) =>
  client.call('PATCH', path, content, {
    ...tus,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
  })
const ask = (client: Client, path: string) => client.call('HEAD', path, undefined, tus)
const pathOf = (answer: { headers: Headers }) => answer.headers.get('location') ?? ''

describe.each(dialects)('an upload in parts on %s', (dialect) => {
  it('goes on where it broke off, over a restart of the service, and is the same capture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-parts-'))
    const options = { folder, databaseUrl: await newDatabase(dialect, folder), environment: WITHOUT_WORKER }
    const content = largeCapture(5 * MIB)
    const first = await startTestService(dialect, options)
    const admin = await adminOf(first)
    const url = await new Promise<string>((resolve) => {
      let chunks = 0
      send(admin, content, {
        onChunk: async (upload) => {
          if (++chunks !== 2) return
          await upload.abort()
          resolve(new URL(upload.url ?? '').pathname)
        },
      })
    })
    await first.end()
    const second = await startTestService(dialect, options)
    const client = new Client(second.base, admin.token)
    const offset = Number((await ask(client, url)).headers.get('upload-offset'))
    expect(offset).toBeGreaterThanOrEqual(2 * MIB)
    expect(offset).toBeLessThan(content.length)
    let chunks = 0
    const taskId = await send(client, content, { url: second.base + url, onChunk: () => chunks++ }).done
    expect(chunks).toBe(Math.ceil((content.length - offset) / MIB))
    expect(url).toBe(`/api/uploads/${taskId}`)
    const task = (await client.get(`/api/status/${taskId}`)).json
    expect(task).toMatchObject({ status: 'pending', filename: 'sent in parts.pcap', file_size_bytes: content.length })
    const stored = await fetch(`${second.base}/api/tasks/${taskId}/capture`, {
      headers: { authorization: `Bearer ${client.token}` },
    })
    expect(Buffer.from(await stored.arrayBuffer()).equals(content)).toBe(true)
    // for a client that lost the last answer
    const again = await ask(client, url)
    expect(again.headers.get('x-task-id')).toBe(taskId)
    expect(again.headers.get('upload-offset')).toBe(String(content.length))
    expect(readdirSync(join(folder, 'parts'))).toEqual([])
    const { events } = (await client.get('/api/admin/audit?event_type=file.uploaded')).json
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ subject_id: taskId, details: { bytes: content.length } })
    await second.end()
    rmSync(folder, { recursive: true })
  })

  it('is of its owner alone', async () => {
    const service = await startTestService(dialect, { environment: WITHOUT_WORKER })
    const admin = await adminOf(service)
    const alice = await userOf(service, admin, 'alice')
    const mallory = await userOf(service, admin, 'mallory')
    const content = sample('slow-dns.pcap')
    const path = pathOf(await begin(alice, content.length))
    expect(path).toMatch(/^\/api\/uploads\/[\da-f-]{36}$/)
    for (const stranger of [mallory, admin]) {
      expect((await ask(stranger, path)).status).toBe(404)
      expect((await go(stranger, path, 0, content)).json.detail).toMatch(/^Upload [\da-f-]{36} not found$/)
      expect((await stranger.call('DELETE', path, undefined, tus)).status).toBe(404)
    }
    expect((await ask(new Client(service.base), path)).status).toBe(401)
    expect((await ask(alice, path)).headers.get('upload-offset')).toBe('0')
    expect((await alice.call('DELETE', path, undefined, tus)).status).toBe(204)
    expect((await ask(alice, path)).status).toBe(404)
    await service.end()
  })
})

describe('an upload in parts', () => {
  it('is refused at its beginning or its end as any other, and nothing of it stays', async () => {
    const service = await startTestService('sqlite', { environment: { ...WITHOUT_WORKER, MAX_UPLOAD_SIZE_MB: '1' } })
    const admin = await adminOf(service)
    const user = await userOf(service, admin, 'user')
    const said = async (answer: Promise<{ status: number; json: { detail: string } }>) => {
      const { status, json } = await answer
      return `${status} ${json?.detail}`
    }
    expect(await said(begin(user, 2 * MIB))).toBe('413 File too large (max: 1 MB)')
    expect(await said(begin(user, 0))).toBe('400 The file is empty')
    expect(await said(begin(user, 10, 'x.exe'))).toMatch(/^400 Invalid file extension/)
    expect(await said(begin(user, 10, '../../x.pcap'))).toMatch(/^400 Invalid filename/)
    await admin.put(`/api/admin/users/${user.id}/quota`, { quota_bytes: 1000, quota_tasks: null })
    expect(await said(begin(user, 1001))).toMatch(/^403 Quota exceeded: too many bytes/)
    await admin.put(`/api/admin/users/${user.id}/quota`, { quota_bytes: null, quota_tasks: null })
    const garbage = Buffer.from('hello, this is no capture')
    const path = pathOf(await begin(user, garbage.length))
    expect(await said(go(user, path, 5, garbage))).toMatch(/^409/)
    expect(await said(go(user, path, 0, Buffer.concat([garbage, garbage])))).toMatch(/^4/)
    expect(await said(go(user, path, 0, garbage))).toMatch(/^400 Invalid PCAP file format/)
    expect((await ask(user, path)).status).toBe(404)
    const header = pathOf(await begin(user, 24))
    const refused = await go(user, header, 0, sample('slow-dns.pcap').subarray(0, 24))
    expect(refused.json.validation_details).toMatchObject({ error_type: 'INSUFFICIENT_PACKETS' })
    for (let open = 0; open < 10; open++) expect((await begin(user, 10)).status).toBe(201)
    expect(await said(begin(user, 10))).toMatch(/^429 Only 10 uploads/)
    const kept: string[] = []
    for await (const { key } of service.services.blobs.list('uploads')) kept.push(key)
    expect(kept).toEqual([])
    await admin.delete(`/api/admin/users/${user.id}`)
    expect(readdirSync(join(service.folder, 'parts'))).toEqual([])
    await service.end()
  })

  it('needs a CSRF token where a cookie proves who sends', async () => {
    const service = await startTestService('sqlite', { environment: WITHOUT_WORKER })
    const admin = await adminOf(service)
    const browser = new Client(service.base)
    const cookie = `access_token=${admin.token}`
    const headers = { ...tus, cookie, 'upload-length': '10', 'upload-metadata': 'filename eC5wY2Fw' }
    expect((await browser.post('/api/uploads', undefined, headers)).json.error_type).toBe('csrf_validation_failed')
    const { csrf_token } = (await browser.get('/api/csrf/token', { cookie })).json
    const both = { ...headers, cookie: `${cookie}; fastapi-csrf-token=${csrf_token}`, 'x-csrf-token': csrf_token }
    expect((await browser.post('/api/uploads', undefined, both)).status).toBe(201)
    await service.end()
  })

  it('that nobody goes on with is removed in time', async () => {
    let aheadMs = 0
    const service = await startTestService('sqlite', {
      environment: { ...WITHOUT_WORKER, UPLOAD_EXPIRY_HOURS: '2' },
      now: () => new Date(Date.now() + aheadMs),
    })
    const admin = await adminOf(service)
    const path = pathOf(await begin(admin, 10))
    expect(await service.housekeeping?.run()).toMatchObject({ abandonedUploads: 0 })
    expect((await ask(admin, path)).status).toBe(200)
    aheadMs = 3 * 3_600_000
    expect(await service.housekeeping?.run()).toMatchObject({ abandonedUploads: 1 })
    expect(readdirSync(join(service.folder, 'parts'))).toEqual([])
    await service.end()
  })

  it('survives that the service is killed while bytes come in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-parts-'))
    const databaseUrl = await newDatabase('sqlite', folder)
    const prepared = await startTestService('sqlite', { folder, databaseUrl, environment: WITHOUT_WORKER })
    const admin = await adminOf(prepared)
    await prepared.end()
    const first = await startServiceProcess(prepared.environment)
    const client = new Client(first.base, admin.token)
    const content = largeCapture(3 * MIB)
    const path = pathOf(await begin(client, content.length))
    const sending = httpRequest(first.base + path, {
      method: 'PATCH',
      headers: {
        ...tus,
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/offset+octet-stream',
        'content-length': content.length,
        'upload-offset': '0',
      },
    })
    sending.on('error', () => undefined) // the service dies on purpose
    sending.write(content.subarray(0, 2 * MIB))
    const file = join(folder, 'parts', path.split('/').at(-1) ?? '')
    while (statSync(file).size < MIB) await wait(5)
    await kill(first.child)
    sending.destroy()
    const second = await startServiceProcess(prepared.environment)
    const again = new Client(second.base, admin.token)
    expect(Number((await ask(again, path)).headers.get('upload-offset'))).toBeGreaterThanOrEqual(MIB)
    const taskId = await send(again, content, { url: second.base + path }).done
    const stored = await fetch(`${second.base}/api/tasks/${taskId}/capture`, {
      headers: { authorization: `Bearer ${again.token}` },
    })
    expect(Buffer.from(await stored.arrayBuffer()).equals(content)).toBe(true)
    await kill(second.child)
    rmSync(folder, { recursive: true })
  })

  it('that came whole but was never taken is taken when its client asks', async () => {
    const service = await startTestService('sqlite', { environment: { ...WITHOUT_WORKER, MAX_QUEUE_SIZE: '1' } })
    const admin = await adminOf(service)
    const content = sample('slow-dns.pcap')
    const path = pathOf(await begin(admin, content.length))
    const waiting = (await admin.upload(content)).json.task_id
    const full = await send(admin, content, { url: service.base + path }).done.catch((error) => error)
    expect(full).toBeInstanceOf(DetailedError)
    expect(full.originalResponse.getStatus()).toBe(503)
    expect((await ask(admin, path)).status).toBe(503)
    await admin.delete(`/api/reports/${waiting}`)
    const both = await Promise.all([ask(admin, path), ask(admin, path)])
    const ids = both.map(({ headers }) => headers.get('x-task-id'))
    expect(new Set(ids).size).toBe(1)
    expect((await admin.get(`/api/status/${ids[0]}`)).json.status).toBe('pending')
    expect((await admin.get('/api/queue/status')).json.tasks_pending).toBe(1)
    await service.end()
  })
})
