import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, Client, userOf } from './support/client.ts'
import { sample, startTestService, type TestService, USER_PASSWORD } from './support/test-service.ts'

const XSS = '<img src=x onerror=alert(1)>'

let service: TestService
let admin: Client
let user: Client & { id: string }
beforeAll(async () => {
  service = await startTestService('sqlite', {
    environment: { MAX_UPLOAD_SIZE_MB: '2', MAX_EXPANSION_RATIO: '500', ALLOWED_ORIGINS: 'https://good.example' },
  })
  admin = await adminOf(service)
  user = await userOf(service, admin, 'victim')
})
afterAll(() => service.end())

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Sends bytes as they are and returns what comes back until the connection ends. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(service.base)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part) => {
      answer += part
    })
    socket.on('error', () => undefined).on('close', () => resolve(answer)) // a reset after the answer is fine
  })
}

/** A capture of frames of zeros, a second apart, that compresses a thousandfold. */
function bomb(): Buffer {
  const frames = 1000
  const frameBytes = 60_000
  const header = Buffer.from(sample('slow-dns.pcap').subarray(0, 24))
  header.writeUInt32LE(262_144, 16)
  const capture = Buffer.alloc(24 + frames * (16 + frameBytes))
  header.copy(capture)
  for (let i = 0; i < frames; i++) {
    const at = 24 + i * (16 + frameBytes)
    capture.writeUInt32LE(1_700_000_000 + i, at)
    capture.writeUInt32LE(frameBytes, at + 8)
    capture.writeUInt32LE(frameBytes, at + 12)
  }
  return capture
}

describe('tokens', () => {
  const status = async (token: string) => (await new Client(service.base, token).get('/api/users/me')).status

  it('are refused without a signature, with another key, and with another algorithm', async () => {
    const [header, payload, signature] = (user.token ?? '').split('.')
    expect(await status(`${header}.${payload}.${signature}`)).toBe(200)
    expect(await status(`${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`)).toBe(401)
    expect(await status(`${header}.${payload}.`)).toBe(401)
    const sign = (head: string, key: string, algorithm = 'sha256') =>
      `${head}.${payload}.${createHmac(algorithm, key).update(`${head}.${payload}`).digest('base64url')}`
    expect(await status(sign(header, 'another key that is long enough for it'))).toBe(401)
    expect(await status(sign(encoded({ alg: 'HS512', typ: 'JWT' }), service.environment.SECRET_KEY, 'sha512'))).toBe(
      401,
    )
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(await status(`${header}.${encoded({ ...claims, role: 'admin' })}.${signature}`)).toBe(401)
    expect(claims).toMatchObject({ sub: user.id, role: 'user' })
    expect(claims.exp - claims.iat).toBe(1800)
    expect(claims.jti).toBeTruthy()
  })

  it('are not looked for in addresses', async () => {
    const anonymous = new Client(service.base)
    expect((await anonymous.get(`/api/users/me?token=${user.token}`)).status).toBe(401)
    expect((await anonymous.get(`/api/users/me?access_token=${user.token}`)).status).toBe(401)
  })
})

describe('cookies', () => {
  it('are kept from scripts and need a CSRF token for whatever changes something', async () => {
    const login = await new Client(service.base).logIn('victim', USER_PASSWORD)
    const cookie = login.headers.getSetCookie().find((one) => one.startsWith('access_token=')) ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    const [session] = cookie.split(';')
    const browser = new Client(service.base)
    expect((await browser.get('/api/users/me', { cookie: session })).status).toBe(200)
    const key = { name: 'k', scopes: ['read'] }
    const refused = await browser.post('/api/keys', key, { cookie: session })
    expect(refused).toMatchObject({ status: 403, json: { error_type: 'csrf_validation_failed' } })

    const issued = await browser.get('/api/csrf/token', { cookie: session })
    const token = issued.json.csrf_token
    expect(issued.json).toMatchObject({
      header_name: 'X-CSRF-Token',
      cookie_name: 'fastapi-csrf-token',
      expires_in: '1800',
    })
    const both = `${session}; fastapi-csrf-token=${token}`
    expect((await browser.post('/api/keys', key, { cookie: both })).status).toBe(403)
    expect((await browser.post('/api/keys', key, { cookie: both, 'x-csrf-token': token })).status).toBe(201)

    const other = await new Client(service.base).logIn('victim', USER_PASSWORD)
    const [otherSession] = other.headers.getSetCookie()[0].split(';')
    const stolen = { cookie: `${otherSession}; fastapi-csrf-token=${token}`, 'x-csrf-token': token }
    expect((await browser.post('/api/keys', key, stolen)).status).toBe(403)
    expect((await user.post('/api/keys', key)).status).toBe(201) // a bearer token needs none
  })
})

describe('uploads', () => {
  it.each([
    ['.hidden.pcap', 400],
    ['capture.exe', 400],
    ['capture', 400],
    [`${'n'.repeat(260)}.pcap`, 400],
  ])('named %s are refused', async (name, status) => {
    expect((await user.upload(sample('slow-dns.pcap'), name)).status).toBe(status)
  })

  it('lose every folder of their name', async () => {
    for (const name of ['../../etc/passwd.pcap', '..\\..\\passwd.pcap', '/etc/passwd.pcap']) {
      const uploaded = await user.upload(sample('slow-dns.pcap'), name)
      expect(uploaded.json.filename).toBe('passwd.pcap')
      await user.delete(`/api/reports/${uploaded.json.task_id}`)
    }
  })

  it('keep hostile names as harmless text', async () => {
    const uploaded = await user.upload(sample('slow-dns.pcap'), `${XSS}'; drop table users; --.pcap`)
    const { task_id, filename } = uploaded.json
    expect(filename).toContain(XSS)
    await user.ended(task_id)
    const html = await user.get(`/api/reports/${task_id}/html`)
    expect(html.text).not.toContain(XSS)
    expect(html.headers.get('content-security-policy')).toContain('sandbox')
    const capture = await user.get(`/api/tasks/${task_id}/capture`)
    expect(capture.headers.get('content-disposition')).not.toMatch(/[<>\r\n]/)
    expect((await user.get('/api/users/me')).status).toBe(200)
  })

  it('say exactly what is wrong', async () => {
    const detail = async (content: Uint8Array, name?: string) => {
      const { status, json } = await user.upload(content, name)
      return `${status} ${json.detail}`
    }
    expect(await detail(new Uint8Array(0))).toBe('400 The file is empty')
    expect(await detail(Buffer.from('MZ'))).toMatch(/^400 Invalid PCAP file format/)
    expect(await detail(Buffer.from('hello, this is no capture'))).toMatch(/^400 Invalid PCAP file format/)
    expect(await detail(Buffer.alloc(3 << 20, 1))).toBe('413 File too large (max: 2 MB)')
    expect(await detail(gzipSync(bomb()), 'bomb.pcap.gz')).toMatch(/^413 .*decompression bomb/)
    const kept: string[] = []
    for await (const { key } of service.services.blobs.list('uploads')) kept.push(key)
    expect(kept).toHaveLength(1) // the one that was accepted
  })

  it('that cannot mean anything are refused with reasons, in the language asked for', async () => {
    const header = sample('slow-dns.pcap').subarray(0, 24)
    const english = await user.upload(header)
    expect(english).toMatchObject({ status: 400, json: { success: false, error: 'PCAP validation failed' } })
    expect(english.json.validation_details).toMatchObject({
      error_type: 'INSUFFICIENT_PACKETS',
      title: 'Too few packets',
    })
    await user.patch('/api/users/me', { language: 'fr' })
    expect((await user.upload(header)).json.validation_details.title).toBe('Trop peu de paquets')
    await user.patch('/api/users/me', { language: 'en' })
  })

  it('of garbage behind a good header end as a failed or a partial analysis, and harm nobody', async () => {
    const capture = Buffer.from(sample('slow-dns.pcap'))
    for (let at = 400; at < capture.length; at += 7) capture[at] ^= 0xff
    const uploaded = await user.upload(capture)
    if (uploaded.status === 202)
      expect(['completed', 'failed']).toContain((await user.ended(uploaded.json.task_id)).json.status)
    else expect(uploaded.status).toBe(400)
    expect((await user.get('/api/health')).status).toBe(200)
  })
})

describe('parameters', () => {
  const HOSTILE = ["' or 1=1 --", '%', '_', '\\', '"; drop table tasks; --', '\u0000', '{"$gt":""}', '../../etc/passwd']

  it.each(HOSTILE)('%j finds nothing and breaks nothing', async (text) => {
    const value = encodeURIComponent(text)
    for (const path of [
      `/api/users?search=${value}`,
      `/api/history?search=${value}`,
      `/api/history?sort=${value}`,
      `/api/history?owner_id=${value}`,
      `/api/status/${value}`,
      `/api/reports/${value}/${value}`,
      `/api/admin/audit?event_type=${value}&actor_id=${value}`,
    ]) {
      const { status } = await admin.get(path)
      expect([200, 400, 404, 422], `${path} answers ${status}`).toContain(status)
    }
    const { status } = await new Client(service.base).logIn(text, text)
    expect([401, 422, 429]).toContain(status)
    await service.services.database.query.deleteFrom('login_attempts').execute()
  })
})

describe('answers', () => {
  it('carry the headers that keep browsers from harm', async () => {
    const { headers } = await user.get('/api/users/me')
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('let only origins read that were named', async () => {
    const allowed = async (origin: string) =>
      (await user.get('/api/health', { origin })).headers.get('access-control-allow-origin')
    expect(await allowed('https://good.example')).toBe('https://good.example')
    expect(await allowed('https://evil.example')).toBeNull()
  })

  it('believe no forwarded address without a trusted proxy', async () => {
    await user.get('/api/users/me', { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' })
    await new Client(service.base).post('/api/token', new URLSearchParams({ username: 'nobody', password: 'x' }), {
      'x-forwarded-for': '203.0.113.9',
    })
    const { events } = (await admin.get('/api/admin/audit?limit=5&event_type=auth.invalid_credentials')).json
    expect(events[0].source_ip).toBe('127.0.0.1')
  })

  it('say nothing of what went wrong inside', async () => {
    const answer = await user.call('POST', '/api/keys', '{"name": "x", ', { 'content-type': 'application/json' })
    expect(answer).toMatchObject({ status: 400, json: { detail: 'Bad request' } })
  })

  it('refuse bodies that are too large and headers that forge a second one', async () => {
    const large = await user.call('POST', '/api/keys', JSON.stringify({ name: 'x'.repeat(2 << 20), scopes: [] }), {
      'content-type': 'application/json',
    })
    expect(large.status).toBe(413)
    const forged = await raw(
      'GET /api/health HTTP/1.1\r\nHost: x\r\nX-Test: a\rSet-Cookie: b=c\r\nConnection: close\r\n\r\n',
    )
    expect(forged).toMatch(/^HTTP\/1\.1 400/)
    const long = await raw(
      `GET /api/health HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(100_000)}\r\nConnection: close\r\n\r\n`,
    )
    expect(long).toMatch(/^HTTP\/1\.1 431/)
  })

  it('keep forged lines out of the log', async () => {
    const forged = 'nobody\n{"level":"CRITICAL","message":"forged"}'
    await new Client(service.base).logIn(forged, 'x')
    for (const line of service.logged.trim().split('\n')) {
      expect(() => JSON.parse(line)).not.toThrow()
      expect(JSON.parse(line).message).not.toBe('forged')
    }
    expect(service.logged).not.toContain(USER_PASSWORD)
    expect(service.logged).not.toContain(user.token)
  })
})

describe('whether an account exists', () => {
  it('shows neither in the answer nor in the time of a login or a reset', { retry: 2 }, async () => {
    const timed = async (work: () => Promise<{ status: number; text: string }>) => {
      await service.services.database.query.deleteFrom('login_attempts').execute()
      const start = performance.now()
      const { status, text } = await work()
      return { answer: `${status} ${text}`, ms: performance.now() - start }
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]
    const logIn = (name: string) => timed(() => new Client(service.base).logIn(name, 'Wrong-Guess-77'))
    const known = []
    const unknown = []
    for (let i = 0; i < 15; i++) {
      known.push(await logIn('victim'))
      unknown.push(await logIn('no-such-user'))
    }
    expect(new Set([...known, ...unknown].map(({ answer }) => answer)).size).toBe(1)
    const [a, b] = [median(known.map(({ ms }) => ms)), median(unknown.map(({ ms }) => ms))]
    expect(Math.abs(a - b)).toBeLessThan(0.5 * Math.max(a, b) + 5)

    const forget = (email: string) => timed(() => new Client(service.base).post('/api/auth/forgot-password', { email }))
    const [yes, no] = [await forget('victim@example.com'), await forget('nobody@example.com')]
    expect(yes.answer).toBe(no.answer)
    expect(Math.abs(yes.ms - no.ms)).toBeLessThan(150)
  })
})
