import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from '@pcap-analyzer/dbops/testing'
import S3rver from 's3rver'
import { SMTPServer } from 'smtp-server'
import { afterAll, describe, expect, it } from 'vitest'
import { redacted } from '../src/logging/redaction.ts'
import { adminOf, Client, userOf } from './support/client.ts'
import {
  ADMIN_PASSWORD,
  newDatabase,
  sample,
  startTestService,
  stopCluster,
  USER_PASSWORD,
} from './support/test-service.ts'

afterAll(stopCluster)

describe('the first administrator', () => {
  it('takes the password that is mounted, which is printed nowhere and never applied again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-mounted-'))
    const secret = join(folder, 'admin_password')
    writeFileSync(secret, 'YourSecureAdminPassword123!\n')
    const options = {
      folder,
      databaseUrl: await newDatabase('sqlite', folder),
      environment: { ADMIN_PASSWORD_FILE: secret },
    }
    const first = await startTestService('sqlite', options)
    const client = new Client(first.base)
    client.token = (await client.logIn('admin', 'YourSecureAdminPassword123!')).json.access_token
    const change = { current_password: 'YourSecureAdminPassword123!', new_password: ADMIN_PASSWORD }
    expect((await client.put('/api/users/me', change)).status).toBe(200)
    await first.end()
    const second = await startTestService('sqlite', options)
    expect((await new Client(second.base).logIn('admin', ADMIN_PASSWORD)).status).toBe(200)
    expect((await new Client(second.base).logIn('admin', 'YourSecureAdminPassword123!')).status).toBe(401)
    for (const text of [first.printed, first.logged, second.printed, second.logged]) {
      expect(text).not.toContain('YourSecureAdminPassword123!')
      expect(text).not.toContain('BRISE-GLACE')
    }
    await second.end()
    rmSync(folder, { recursive: true })
  })
})

describe('what operators see', () => {
  it('is the state of the database, with 503 while it is away, and work goes on when it is back', async () => {
    // what was answered must still be there after the crash
    const cluster = await startCluster({ isDurable: true })
    cluster.sql('create role app login')
    cluster.sql('create database service owner app')
    const service = await startTestService('postgres', { databaseUrl: cluster.url('service', 'app') })
    const admin = await adminOf(service)
    const anybody = new Client(service.base)
    const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
    await cluster.shutdown('immediate')
    // answers are kept for a second
    await expect
      .poll(() => anybody.get('/api/health'))
      .toMatchObject({ status: 503, json: { database: 'disconnected' } })
    expect((await anybody.get('/api/health/live')).status).toBe(200)
    const broken = await admin.get('/api/history')
    expect(broken).toMatchObject({ status: 503, json: { error_type: 'database_unavailable' } })
    expect(broken.headers.get('retry-after')).toBe('5')
    await cluster.start()
    await expect.poll(async () => (await anybody.get('/api/health/ready')).status).toBe(200)
    expect((await admin.ended(task_id)).json.status).toBe('completed')
    await service.end()
    await cluster.stop()
  })

  it('is more for administrators than for others, and numbers for Prometheus', async () => {
    const service = await startTestService('sqlite', { environment: { METRICS_TOKEN: 'a-token-for-prometheus' } })
    const admin = await adminOf(service)
    const anybody = new Client(service.base)
    expect((await anybody.get('/api/health/detailed')).status).toBe(401)
    expect((await admin.get('/api/health/detailed')).json).toMatchObject({ status: 'ok', database_dialect: 'sqlite' })
    expect((await anybody.get('/metrics')).status).toBe(401)
    const { text } = await anybody.get('/metrics', { authorization: 'Bearer a-token-for-prometheus' })
    expect(text).toMatch(/pcap_http_request_seconds_count\{.*route="\/api\/users\/me"/)
    await service.end()
  })

  it('is an API description whose page keeps to our own policy', async () => {
    const service = await startTestService('sqlite')
    const anybody = new Client(service.base)
    const { json } = await anybody.get('/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    for (const path of ['/api/token', '/api/upload', '/api/status/{id}', '/api/admin/users/{id}/approve']) {
      expect(Object.keys(json.paths)).toContain(path)
    }
    const operations = Object.values(json.paths as Record<string, Record<string, object>>).flatMap(Object.values)
    for (const operation of operations) expect(operation.summary, operation.operationId).toBeTruthy()
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    expect(json.paths['/api/register'].post.security).toEqual([])
    expect(json.paths['/api/upload'].post.requestBody.content['multipart/form-data']).toBeDefined()
    const page = await anybody.get('/docs/')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const inline = [...page.text.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)].length
    expect(inline).toBe(0)
    for (const [, address] of page.text.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g))
      expect(address).not.toMatch(/^(?:https?:)?\/\//)
    await service.end()
  })

  it('is an audit file of one JSON object a line that only its owner reads', async () => {
    const service = await startTestService('sqlite')
    await adminOf(service)
    const path = join(service.folder, 'logs', 'audit.jsonl')
    const lines = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ event_type }) => event_type)).toEqual([
      'admin.created',
      'auth.success',
      'auth.password_changed',
    ])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await service.end()
  })

  it('holds no more of people than the level allows', () => {
    const text =
      'user bob@example.com from 192.0.2.17 and 2001:db8::1 mac 00:11:22:33:44:55 password=hunter2 postgresql://u:pw@h/d 127.0.0.1 /home/bob/x'
    expect(redacted(text, 'PRODUCTION')).toBe(
      'user [EMAIL_REDACTED] from 192.0.XXX.XXX and 2001:db8::[REDACTED] mac [MAC_REDACTED] password=[CREDENTIAL_REDACTED] postgresql://[CREDENTIAL_REDACTED]@h/d 127.0.0.1 /home/[USER]/x',
    )
    expect(redacted(text, 'DEVELOPMENT')).toContain('192.0.2.17')
    expect(redacted(text, 'DEVELOPMENT')).not.toContain('hunter2')
    expect(redacted(text, 'DEBUG')).toBe(text)
  })
})

/** A mail as it is read: nothing encoded but what is in base64. */
function plainMail(mail: string): string {
  const utf8 = (hex: string) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString('utf8')
  return mail
    .replace(/\?=\r\n =\?UTF-8\?Q\?/g, '')
    .replace(/=\?UTF-8\?Q\?([^?]*)\?=/g, (_whole, text: string) => text.replaceAll('_', ' '))
    .replace(/=\r\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, utf8)
}

describe('mails', () => {
  it('reach a real mail server as text and HTML, and links in them work once', async () => {
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
          mails.push(plainMail(mail))
          done()
        })
      },
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const { port } = server.server.address() as { port: number }
    const service = await startTestService('sqlite', {
      environment: { MAIL_ENABLED: 'true', SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port) },
    })
    const received = async (pattern: RegExp): Promise<string> => {
      for (let tries = 0; tries < 2400; tries++) {
        const found = mails.find((mail) => pattern.test(mail))
        if (found !== undefined) return found
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      throw new Error(`no mail ${pattern} among ${mails.join('\n')}`)
    }
    const admin = await adminOf(service)
    const user = await userOf(service, admin, 'alice')
    const approved = await received(/Subject: .*has been approved/)
    expect(approved).toContain('Content-Type: text/plain')
    expect(approved).toContain('Content-Type: text/html')
    expect(
      await received(
        /Subject: .*waiting for approval[\s\S]*To: admin@localhost|To: admin@localhost[\s\S]*waiting for approval/,
      ),
    ).toContain('alice@example.com')

    const anybody = new Client(service.base)
    await anybody.post('/api/auth/forgot-password', { email: 'nobody@example.com' })
    await anybody.post('/api/auth/forgot-password', { email: 'alice@example.com' })
    const [, token] = /reset-password\?token=([\w-]+)/.exec(await received(/reset-password\?token=/)) ?? []
    expect((await anybody.post('/api/auth/validate-reset-token', { token })).json).toEqual({
      valid: true,
      email: 'a***@example.com',
    })
    const reset = (new_password: string) => anybody.post('/api/auth/reset-password', { token, new_password })
    expect((await reset('weak')).status).toBe(422)
    expect((await reset(USER_PASSWORD)).json.detail).toContain('used recently')
    const both = await Promise.all([reset('Blue-Harbor-5521-lamp'), reset('Grey-Falcon-8412-tent')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400])
    expect((await user.get('/api/users/me')).status).toBe(401)
    expect((await anybody.post('/api/auth/forgot-password', { email: 'alice@example.com' })).status).toBe(200)
    const fourth = await anybody.post('/api/auth/forgot-password', { email: 'alice@example.com' })
    expect([fourth.status, fourth.headers.has('retry-after')]).toEqual([429, true])
    expect(service.logged).not.toContain(token)

    // in the language of whoever reads them: of the browser at first, then as was chosen
    const french = { 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.5' }
    const claire = { username: 'claire', email: 'claire@example.com', password: USER_PASSWORD }
    const registered = await anybody.post('/api/register', claire, french)
    expect(registered.status).toBe(201)
    const pending = await received(/Votre inscription attend une validation/)
    expect(pending).toContain('To: claire@example.com')
    expect(
      pending.match(/Votre compte a été créé\. Vous pourrez vous connecter dès qu(?:'|&#39;)un administrateur/g),
    ).toHaveLength(2)
    expect(pending).toContain('<html lang="fr">')
    expect(await received(/claire \(claire@example\.com\) registered/)).toContain('<html lang="en">')
    expect((await admin.patch('/api/users/me', { language: 'fr' })).status).toBe(200)
    await admin.put(`/api/admin/users/${registered.json.id}/block`)
    expect(await received(/Votre compte a été désactivé/)).toContain('Bonjour claire,')
    const denis = await anybody.post('/api/register', {
      username: 'denis',
      email: 'denis@example.com',
      password: USER_PASSWORD,
    })
    expect(denis.text).toContain('denis')
    expect(await received(/denis \(denis@example\.com\) s'est inscrit/)).toContain('Bonjour admin,')
    expect(
      await received(/Your registration is waiting[\s\S]*To: denis|To: denis[\s\S]*Your registration is waiting/),
    ).toContain('Hello denis,')
    await service.end()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
})

describe('an object store', () => {
  it('keeps captures and reports as a folder does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-s3-'))
    const store = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: folder,
      configureBuckets: [{ name: 'pcap', configs: [] }],
    })
    const { port } = await store.run()
    const environment = {
      STORAGE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${port}/pcap`,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      MAX_UPLOAD_SIZE_MB: '1',
    }
    const service = await startTestService('sqlite', { environment })
    const admin = await adminOf(service)
    const { task_id } = (await admin.upload(sample('slow-dns.pcap'))).json
    expect((await admin.ended(task_id)).json.status).toBe('completed')
    expect((await admin.get(`/api/reports/${task_id}/json`)).json.capture.packets).toBeGreaterThan(0)
    expect((await admin.upload(Buffer.alloc(12 << 20))).status).toBe(413)
    const keys: string[] = []
    for (const prefix of ['uploads', 'reports'])
      for await (const { key } of service.services.blobs.list(prefix)) keys.push(key)
    expect(keys.toSorted()).toEqual([`reports/${task_id}.html`, `reports/${task_id}.json`, `uploads/${task_id}.pcap`])
    const { Readable } = await import('node:stream')
    const big = Buffer.alloc(20 << 20, 'x')
    const stored = await service.services.blobs.put('uploads/big.pcap', Readable.from([big]), 1 << 30)
    expect(stored.bytes).toBe(big.length)
    const file = await service.services.blobs.file('uploads/big.pcap')
    expect(statSync(file?.path ?? '').size).toBe(big.length)
    await file?.release()
    expect((await admin.delete(`/api/reports/${task_id}`)).json.deleted_files).toEqual(['HTML', 'JSON', 'PCAP'])
    await service.end()
    await store.close()
    rmSync(folder, { recursive: true })
  })
})
