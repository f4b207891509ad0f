import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeConfig } from '../src/index.ts'
import { type Answer, adminOf, Client, userOf } from './support/client.ts'
import { rankDifference } from './support/rank-difference.ts'
import { printedPassword, sample, startTestService, type TestService, USER_PASSWORD } from './support/test-service.ts'

const XSS = '<img src=x onerror=alert(1)>'

let service: TestService
let admin: Client
let user: Client & { id: string }
/** Stops the clock of the service. */
let stoppedMs: number | null = null
beforeAll(async () => {
  service = await startTestService('sqlite', {
    now: () => new Date(stoppedMs ?? Date.now()),
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
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = pair.publicKey.export({ format: 'jwk' })
    for (const head of [
      { alg: 'RS256', typ: 'JWT' },
      { alg: 'RS256', typ: 'JWT', jwk },
      { alg: 'RS256', kid: '../../dev/null' },
    ]) {
      const signed = `${encoded(head)}.${payload}`
      const own = signBytes('sha256', Buffer.from(signed), pair.privateKey).toString('base64url')
      expect(await status(`${signed}.${own}`)).toBe(401)
      const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string
      expect(await status(sign(encoded({ ...head, alg: 'HS256' }), publicPem))).toBe(401)
    }
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

  it('are for TLS alone where a trusted proxy says that there is TLS', async () => {
    const behind = await startTestService('sqlite', {
      environment: { INLINE_WORKER: 'false', TRUSTED_PROXIES: '127.0.0.1' },
    })
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
    const login = new URLSearchParams({ username: 'admin', password: printedPassword(behind) })
    const cookieOf = async (headers: Record<string, string>) => {
      const answer = await new Client(behind.base).post('/api/token', login, headers)
      return [answer.headers.getSetCookie()[0], answer.headers.get('strict-transport-security')]
    }
    const [cookie, transport] = await cookieOf(forwarded)
    expect(cookie).toMatch(/; Secure/)
    expect(transport).toBe('max-age=31536000; includeSubDomains')
    const [plain, none] = await cookieOf({})
    expect(plain).not.toMatch(/Secure/)
    expect(none).toBeNull()
    const { rows } = await sql<{
      source_ip: string
    }>`select source_ip from audit_events where event_type = 'auth.success' order by sequence`.execute(
      behind.services.database.query,
    )
    expect(rows.map(({ source_ip }) => source_ip)).toEqual(['203.0.113.9', '127.0.0.1'])
    await behind.end()
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

describe('slow requests', () => {
  it('are cut off, in their headers and in their body, and keep nobody waiting', async () => {
    const patient = await startTestService('sqlite', {
      environment: { INLINE_WORKER: 'false', HEADERS_TIMEOUT_SECONDS: '1', REQUEST_TIMEOUT_SECONDS: '2' },
    })
    const slowly = (text: string) => {
      const { hostname, port } = new URL(patient.base)
      return new Promise<string>((resolve) => {
        let answer = ''
        const socket = connect(Number(port), hostname, () => socket.write(text))
        socket.setEncoding('utf8').on('data', (part) => {
          answer += part
        })
        socket.on('error', () => undefined).on('close', () => resolve(answer))
      })
    }
    const cut = [
      slowly('GET /api/health HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      slowly('POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'),
    ]
    expect((await new Client(patient.base).get('/api/health/live')).status).toBe(200)
    for (const answer of await Promise.all(cut)) expect(answer).toMatch(/^$|^HTTP\/1\.1 408/)
    await patient.end()
  })
})

describe('machines that the service calls', () => {
  const problems = (environment: Record<string, string>) => describeConfig(environment).problems.join('; ')
  const s3 = { STORAGE: 's3', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' }

  it.each([
    ['file:///etc/passwd', 'no address that begins with https://'],
    ['gopher://127.0.0.1/x', 'no address that begins with https://'],
    ['http://169.254.169.254/latest', 'where clouds keep secrets'],
    ['http://[fe80::1]/x', 'where clouds keep secrets'],
    ['http://metadata.google.internal/x', 'where clouds keep secrets'],
    ['https://user:password@store.example/x', 'holds a login'],
    ['https://store.example/x?y=http://inside', 'holds a query'],
  ])('are not named by S3_ENDPOINT=%s', (endpoint, problem) => {
    expect(problems({ ...s3, S3_ENDPOINT: endpoint })).toContain(problem)
    expect(problems({ ...s3, S3_ENDPOINT: 'https://store.example/bucket' })).toBe('')
  })

  it.each(['169.254.169.254', 'mail.example/..', 'mail.example\r\nRCPT TO:<x>', ''])(
    'are not named by SMTP_HOST=%j',
    (host) => {
      if (host === '')
        expect(problems({ MAIL_ENABLED: 'true', SMTP_HOST: host })).toBe('') // the default
      else expect(problems({ MAIL_ENABLED: 'true', SMTP_HOST: host })).toContain('SMTP_HOST')
    },
  )

  it('send us nowhere else', async () => {
    let reached = 0
    const inside = createServer((_request, answer) => {
      reached++
      answer.end('secret')
    }).listen(0, '127.0.0.1')
    await once(inside, 'listening')
    const insidePort = (inside.address() as AddressInfo).port
    const store = createServer((request, answer) => {
      request.resume()
      answer.writeHead(307, { location: `http://127.0.0.1:${insidePort}/` }).end()
    }).listen(0, '127.0.0.1')
    await once(store, 'listening')
    const endpoint = `http://127.0.0.1:${(store.address() as AddressInfo).port}/bucket`
    const redirected = await startTestService('sqlite', {
      environment: { ...s3, S3_ENDPOINT: endpoint, INLINE_WORKER: 'false' },
    })
    const client = await adminOf(redirected)
    expect((await client.upload(sample('slow-dns.pcap'))).status).toBe(500)
    expect(reached).toBe(0)
    await redirected.end()
    for (const server of [inside, store]) server.close()
  })

  it('are not chosen by the header of a request', async () => {
    const mails: string[] = []
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      onData(stream, _session, done) {
        let mail = ''
        stream.on('data', (part) => {
          mail += part
        })
        stream.on('end', () => {
          mails.push(mail)
          done()
        })
      },
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.server.address() as AddressInfo
    const mailing = await startTestService('sqlite', {
      environment: {
        MAIL_ENABLED: 'true',
        SMTP_HOST: '127.0.0.1',
        SMTP_PORT: String(port),
        APP_BASE_URL: 'https://pcap.example',
      },
    })
    const body = JSON.stringify({ email: 'admin@localhost' })
    const { hostname, port: httpPort } = new URL(mailing.base)
    const asked = httpRequest({
      host: hostname,
      port: httpPort,
      method: 'POST',
      path: '/api/auth/forgot-password',
      headers: {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'content-type': 'application/json',
        'content-length': body.length,
      },
    })
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(200)
    answer.resume()
    await mailing.end() // mails under way are sent
    expect(mails).toHaveLength(1)
    expect(mails[0]).toContain('https://pcap.example/reset-password')
    expect(mails[0]).not.toContain('evil.example')
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
})

describe('captures that were made to harm', () => {
  const header = () => Buffer.from(sample('slow-dns.pcap').subarray(0, 24))
  const record = (captured: number, original: number, bytes: Buffer) => {
    const head = Buffer.alloc(16)
    head.writeUInt32LE(1_700_000_000, 0)
    head.writeUInt32LE(captured >>> 0, 8)
    head.writeUInt32LE(original >>> 0, 12)
    return Buffer.concat([head, bytes])
  }
  const section = (length: number) => {
    const block = Buffer.alloc(28)
    block.writeUInt32LE(0x0a0d0d0a, 0)
    block.writeUInt32LE(length >>> 0, 4)
    block.writeUInt32LE(0x1a2b3c4d, 8)
    block.writeUInt16LE(1, 12)
    block.fill(0xff, 16, 24)
    block.writeUInt32LE(length >>> 0, 24)
    return block
  }
  it.each([
    ['a frame of 4 GB', Buffer.concat([header(), record(0xffff_ffff, 0xffff_ffff, Buffer.alloc(100))])],
    [
      'a frame that ends behind the file',
      Buffer.concat([sample('slow-dns.pcap'), record(60_000, 60_000, Buffer.alloc(10))]),
    ],
    [
      'frames of nothing',
      Buffer.concat([header(), ...Array.from({ length: 50 }, () => record(0, 0, Buffer.alloc(0)))]),
    ],
    ['a block of length 0', Buffer.concat([section(28), Buffer.alloc(64)])],
    ['a block that names 4 GB', Buffer.concat([section(0xffff_fffc), Buffer.alloc(64)])],
    ['a section within nothing', section(28)],
    ['compressed nothing', gzipSync(Buffer.alloc(0))],
    ['a compressed stream cut short', gzipSync(sample('slow-dns.pcap')).subarray(0, 200)],
    ['compressed thrice', gzipSync(gzipSync(gzipSync(sample('slow-dns.pcap'))))],
  ])('%s end as a refusal or a task that ended, and harm nobody', async (_name, capture) => {
    await service.services.database.query.deleteFrom('login_attempts').execute()
    const uploaded = await user.upload(capture)
    expect([202, 400, 413], uploaded.text).toContain(uploaded.status)
    if (uploaded.status === 202) {
      expect(['completed', 'failed']).toContain((await user.ended(uploaded.json.task_id)).json.status)
    } else expect(uploaded.json.detail).toBeTruthy()
    expect((await user.get('/api/health')).status).toBe(200)
  })
})

describe('a code of a second factor', () => {
  it('lets in once, also when it is sent twice at the same moment', async () => {
    const twice = await userOf(service, admin, 'twice')
    const { secret } = (await twice.post('/api/users/me/2fa/setup')).json
    const { TOTP } = await import('otpauth')
    const step = 30_000
    const at = Date.now()
    stoppedMs = at // the code before would be too old if its successor’s time came meanwhile
    const codeAt = (ms: number) => new TOTP({ secret }).generate({ timestamp: ms })
    expect((await twice.post('/api/users/me/2fa/enable', { code: codeAt(at - step) })).status).toBe(200)
    const code = codeAt(at)
    const both = await Promise.all([1, 2, 3].map(() => new Client(service.base).logIn('twice', USER_PASSWORD, code)))
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
    stoppedMs = null
    await service.services.database.query.deleteFrom('login_attempts').execute()
  })
})

describe('whether an account exists', () => {
  const SAMPLES = 25
  /** Chance would show so great a difference once in a million tries. */
  const MOST_DIFFERENCE = 4.9

  it('shows neither in the answer nor in the time of a login', async () => {
    // a hash takes far longer than whatever else a busy machine does meanwhile
    const hashing = await startTestService('sqlite', { environment: { INLINE_WORKER: 'false' }, passwordCost: 10 })
    const boss = await adminOf(hashing)
    await userOf(hashing, boss, 'victim')
    const timed = async (work: () => Promise<Answer>) => {
      await hashing.services.database.query.deleteFrom('login_attempts').execute()
      const start = performance.now()
      const { status, text } = await work()
      return { answer: `${status} ${text}`, ms: performance.now() - start }
    }
    const logIn = (name: string) => timed(() => new Client(hashing.base).logIn(name, 'Wrong-Guess-77'))
    const known: { answer: string; ms: number }[] = []
    const unknown: { answer: string; ms: number }[] = []
    const withoutHashing: { answer: string; ms: number }[] = []
    for (let i = 0; i < SAMPLES; i++) {
      // in turns, and each first as often as the other
      const both = i % 2 === 0 ? ['victim', 'no-such-user'] : ['no-such-user', 'victim']
      for (const name of both) (name === 'victim' ? known : unknown).push(await logIn(name))
      withoutHashing.push(await timed(() => new Client(hashing.base).get('/api/csrf/token')))
    }
    expect(new Set([...known, ...unknown].map(({ answer }) => answer)).size).toBe(1)
    const times = (found: readonly { ms: number }[]) => found.map(({ ms }) => ms)
    expect(Math.abs(rankDifference(times(known), times(unknown)))).toBeLessThan(MOST_DIFFERENCE)
    // the same measure shows an answer that takes no hash
    expect(Math.abs(rankDifference(times(known), times(withoutHashing)))).toBeGreaterThan(MOST_DIFFERENCE)
    await hashing.end()
  })

  it('shows neither in the answer nor in the time of a request to reset a password', async () => {
    const LEAST_MS = 299
    const forget = async (email: string) => {
      await service.services.database.query.deleteFrom('login_attempts').execute()
      const start = performance.now()
      const { status, text } = await new Client(service.base).post('/api/auth/forgot-password', { email })
      expect(performance.now() - start).toBeGreaterThan(LEAST_MS)
      return `${status} ${text}`
    }
    expect(await forget('victim@example.com')).toBe(await forget('nobody@example.com'))
  })
})
