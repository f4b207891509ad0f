import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, Client, userOf } from './support/client.ts'
import {
  ADMIN_PASSWORD,
  dialects,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from './support/test-service.ts'

afterAll(stopCluster)

describe.each(dialects)('accounts on %s', (dialect) => {
  let service: TestService
  let admin: Client
  /** Moves the service's clock, and stops it. */
  let aheadMs = 0
  let stoppedMs: number | null = null
  beforeAll(async () => {
    service = await startTestService(dialect, { now: () => new Date((stoppedMs ?? Date.now()) + aheadMs) })
    admin = await adminOf(service)
  })
  afterAll(() => service.end())
  const anybody = () => new Client(service.base)
  const later = (seconds: number) => {
    aheadMs += seconds * 1000
  }

  it('lets nobody in before an administrator has approved', async () => {
    const registered = await anybody().post('/api/register', {
      username: 'Alice',
      email: 'Alice@Example.com',
      password: USER_PASSWORD,
    })
    expect(registered).toMatchObject({ status: 201, json: { username: 'alice', is_approved: false, role: 'user' } })
    expect(registered.text).not.toContain('hash')
    expect((await anybody().logIn('alice', USER_PASSWORD)).status).toBe(403)
    expect((await anybody().logIn('alice', 'WrongPassword123!')).json.detail).toBe('Incorrect username or password')
    const pending = await admin.get('/api/users?status=pending&offset=0')
    expect(pending.json).toMatchObject({ total: 1, users: [{ username: 'alice' }] })
    const approved = await admin.put(`/api/admin/users/${registered.json.id}/approve`)
    expect(approved).toMatchObject({ status: 200, json: { is_approved: true } })
    expect((await admin.put(`/api/admin/users/${registered.json.id}/approve`)).status).toBe(400)
    expect((await anybody().logIn('ALICE', USER_PASSWORD)).status).toBe(200)
  })

  it('refuses what is taken, malformed or weak', async () => {
    const register = (fields: object) =>
      anybody().post('/api/register', { username: 'bob', email: 'bob@example.com', password: USER_PASSWORD, ...fields })
    expect((await register({ username: 'alice' })).json.detail).toBe('Username already exists')
    expect((await register({ email: 'alice@example.com' })).json.detail).toBe('Email already exists')
    for (const wrong of [
      { username: 'has space' },
      { username: 'ab' },
      { email: 'nobody' },
      { password: 'short' },
      { password: 'password1234' },
      { username: 'roberta-smith', password: 'roberta-smith1' },
      { password: 'x'.repeat(129) },
    ]) {
      const answer = await register(wrong)
      expect(answer.status, JSON.stringify(wrong)).toBe(422)
      expect(Array.isArray(answer.json.detail)).toBe(true)
    }
  })

  it('ends old sessions when a password changes, and refuses the last five', async () => {
    const user = await userOf(service, admin, 'carol')
    const other = anybody()
    other.token = (await other.logIn('carol', USER_PASSWORD)).json.access_token
    let current = USER_PASSWORD
    for (const next of ['Blue-Harbor-5521-lamp', 'Grey-Falcon-8412-tent', 'Pink-Meadow-3307-clay']) {
      const changed = await user.put('/api/users/me', { current_password: current, new_password: next })
      expect(changed.status, changed.text).toBe(200)
      current = next
    }
    expect((await other.get('/api/users/me')).status).toBe(401)
    expect((await user.get('/api/users/me')).status).toBe(200)
    const reused = await user.put('/api/users/me', { current_password: current, new_password: USER_PASSWORD })
    expect(reused).toMatchObject({ status: 400 })
    expect(reused.json.detail).toContain('used recently')
    const wrong = await user.put('/api/users/me', { current_password: 'x', new_password: 'Red-Island-2290-moss' })
    expect(wrong).toMatchObject({ status: 401, json: { detail: 'Incorrect current password' } })
  })

  it('says who is logged in without refusing those who are not, and says nothing of it to API keys', async () => {
    const user = await userOf(service, admin, 'sessa')
    expect((await user.get('/api/session')).json.user).toMatchObject({ username: 'sessa' })
    expect(await anybody().get('/api/session')).toMatchObject({ status: 200, json: { user: null } })
    const forged = new Client(service.base, 'not.a.token')
    expect(await forged.get('/api/session')).toMatchObject({ status: 200, json: { user: null } })
    const { key } = (await user.post('/api/keys', { name: 'program', scopes: ['read'] })).json
    expect((await new Client(service.base, key).get('/api/session')).json).toEqual({ user: null })
    await user.post('/api/logout')
    expect((await user.get('/api/session')).json).toEqual({ user: null })
  })

  it('tells passwords apart beyond 72 bytes', async () => {
    const user = await userOf(service, admin, 'dave')
    const long = `${'Quiet-River-Stone-'.repeat(5)}a`
    await user.put('/api/users/me', { current_password: USER_PASSWORD, new_password: long })
    expect((await anybody().logIn('dave', `${long.slice(0, -1)}b`)).status).toBe(401)
    expect((await anybody().logIn('dave', long)).status).toBe(200)
  })

  it('asks for a second factor once it is on, and takes no code twice', async () => {
    const user = await userOf(service, admin, 'erin')
    const { secret, qr_code } = (await user.post('/api/users/me/2fa/setup')).json
    expect(qr_code).toMatch(/^data:image\/png;base64,/)
    const at = Date.now()
    stoppedMs = at // a code that is sent twice must not become the next one in between
    const code = () => new TOTP({ secret }).generate({ timestamp: at + aheadMs })
    expect((await user.post('/api/users/me/2fa/enable', { secret: 'AAAA', code: '000000' })).status).toBe(400)
    const enabled = await user.post('/api/users/me/2fa/enable', { secret, code: code() })
    expect(enabled.json.backup_codes).toHaveLength(10)
    const stored = await service.services.database.query
      .selectFrom('users')
      .select('totp_secret')
      .where('username', '=', 'erin')
      .executeTakeFirst()
    expect(stored?.totp_secret).not.toContain(secret)

    const asked = await anybody().logIn('erin', USER_PASSWORD)
    expect([asked.status, asked.headers.get('x-mfa-required')]).toEqual([401, 'true'])
    expect((await anybody().logIn('erin', USER_PASSWORD, code())).status).toBe(401)
    later(30)
    const fresh = code()
    expect((await anybody().logIn('erin', USER_PASSWORD, fresh)).status).toBe(200)
    expect((await anybody().logIn('erin', USER_PASSWORD, fresh)).json.detail).toBe('Invalid 2FA code')
    const [backup] = enabled.json.backup_codes
    expect((await anybody().logIn('erin', USER_PASSWORD, backup)).status).toBe(200)
    expect((await anybody().logIn('erin', USER_PASSWORD, backup)).status).toBe(401)
    expect((await user.post('/api/users/me/2fa/disable', { password: 'wrong' })).status).toBe(401)
    expect((await user.post('/api/users/me/2fa/disable', { password: USER_PASSWORD })).status).toBe(200)
    expect((await anybody().logIn('erin', USER_PASSWORD)).status).toBe(200)
    stoppedMs = null
  })

  it('blocks, unblocks, changes roles and deletes, but never oneself', async () => {
    const user = await userOf(service, admin, 'frank')
    const { id: adminId } = (await admin.get('/api/users/me')).json
    expect((await admin.put(`/api/admin/users/${adminId}/block`)).json.detail).toBe('Cannot block your own account')
    expect((await admin.delete(`/api/admin/users/${adminId}`)).json.detail).toBe('Cannot delete your own account')
    expect((await user.put(`/api/admin/users/${adminId}/block`)).json.detail).toBe('Admin access required')
    expect((await admin.put(`/api/admin/users/${user.id}/block`)).json.is_active).toBe(false)
    expect((await user.get('/api/users/me')).status).toBe(401)
    expect((await anybody().logIn('frank', USER_PASSWORD)).status).toBe(403)
    expect((await admin.put(`/api/admin/users/${user.id}/unblock`)).json.is_active).toBe(true)
    expect((await admin.put(`/api/admin/users/${user.id}/role`, { role: 'admin' })).json.role).toBe('admin')
    expect((await admin.put(`/api/admin/users/${user.id}/block`)).json.detail).toBe('Cannot block admin accounts')
    await admin.put(`/api/admin/users/${user.id}/role`, { role: 'user' })
    const deleted = await admin.delete(`/api/admin/users/${user.id}`)
    expect(deleted.json).toMatchObject({ username: 'frank', files_deleted: { uploads: 0, reports: 0 } })
    for (const id of [user.id, 'not-a-uuid']) expect((await admin.delete(`/api/admin/users/${id}`)).status).toBe(404)
  })

  it('does the same to many at once and says what failed', async () => {
    const ids = []
    for (const username of ['gina1', 'gina2']) {
      const fields = { username, email: `${username}@example.com`, password: USER_PASSWORD }
      ids.push((await anybody().post('/api/register', fields)).json.id)
    }
    const missing = '11111111-1111-4111-8111-111111111111'
    const bulk = await admin.post('/api/admin/users/bulk/approve', { user_ids: [...ids, missing] })
    expect(bulk.json).toMatchObject({ total: 3, success: 2, failed: 1 })
    expect(bulk.json.results[2]).toMatchObject({ user_id: missing, status: 'failed', username: null })
    expect((await admin.post('/api/admin/users/bulk/block', { user_ids: [] })).status).toBe(422)
    expect((await admin.post('/api/admin/users/bulk/block', { user_ids: [missing, missing] })).status).toBe(422)
  })

  it('creates users with a password that works once', async () => {
    const created = await admin.post('/api/admin/users', { username: 'henry', email: 'henry@example.com' })
    expect(created.status).toBe(201)
    expect(created.json.temporary_password).toHaveLength(16)
    const henry = anybody()
    henry.token = (await henry.logIn('henry', created.json.temporary_password)).json.access_token
    expect((await henry.get('/api/history')).json.error_type).toBe('password_change_required')
    const reset = await admin.post(`/api/admin/users/${created.json.user.id}/reset-password`, { send_email: true })
    expect(reset.json.temporary_password).toHaveLength(16) // mails are off: nobody else would learn it
    expect((await henry.get('/api/users/me')).status).toBe(401)
  })

  it('finds users by name, pages and refuses endless pages', async () => {
    expect((await admin.get('/api/users?search=gin')).json).toHaveLength(2)
    expect((await admin.get('/api/users?search=%25')).json).toHaveLength(0)
    const page = await admin.get('/api/users?limit=2&offset=1')
    expect(page.json.users).toHaveLength(2)
    for (const query of ['limit=100000', 'status=nonsense', 'offset=-1']) {
      expect((await admin.get(`/api/users?${query}`)).status, query).toBe(422)
    }
  })

  it('slows down whoever guesses, by account and by address, and says for how long', async () => {
    await userOf(service, admin, 'ivan')
    stoppedMs = Date.now() // the first wait is a second long, and so may be an answer of a busy machine
    const answers = []
    for (let i = 0; i < 5; i++) answers.push(await anybody().logIn('ivan', `Wrong-Guess-${i}`))
    expect(answers.slice(0, 4).map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(answers[4].status).toBe(429)
    expect(Number(answers[4].headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect((await anybody().logIn('ivan', USER_PASSWORD)).status).toBe(429)
    later(120)
    expect((await anybody().logIn('ivan', USER_PASSWORD)).status).toBe(200)
    stoppedMs = null
  })

  it('gives keys to programs that do no more than they may', async () => {
    const user = await userOf(service, admin, 'judy')
    const made = await user.post('/api/keys', { name: 'ci', scopes: ['read'], expires_in_days: 1 })
    expect(made.status).toBe(201)
    const program = new Client(service.base, made.json.key)
    expect((await program.get('/api/history')).status).toBe(200)
    expect((await program.delete('/api/reports/11111111-1111-4111-8111-111111111111')).status).toBe(403)
    expect((await program.post('/api/keys', { name: 'x', scopes: ['write'] })).status).toBe(403)
    expect((await user.get('/api/keys')).text).not.toContain(made.json.key)
    expect((await user.delete(`/api/keys/${made.json.id}`)).status).toBe(200)
    expect((await program.get('/api/history')).status).toBe(401)
  })

  it('renews a token before it ends, and lets none in after', async () => {
    const user = await userOf(service, admin, 'kate')
    const old = user.token
    user.token = (await user.post('/api/token/renew')).json.access_token
    expect((await user.get('/api/users/me')).status).toBe(200)
    expect((await new Client(service.base, old).get('/api/users/me')).status).toBe(401)
    expect((await user.get('/api/users/me/sessions')).json).toHaveLength(1)
    later(1801)
    expect((await user.get('/api/users/me')).status).toBe(401)
    admin.token = (await admin.logIn('admin', ADMIN_PASSWORD)).json.access_token
  })

  it('keeps a trail of all this that shows every change', async () => {
    const { events } = (await admin.get('/api/admin/audit?limit=500')).json
    const types = new Set(events.map((event: { event_type: string }) => event.event_type))
    for (const type of [
      'auth.success',
      'auth.invalid_credentials',
      'auth.rate_limit',
      'admin.user.deleted',
      'access.denied',
    ]) {
      expect(types).toContain(type)
    }
    const deleted = events.find((event: { event_type: string }) => event.event_type === 'admin.user.deleted')
    expect(deleted.message).toMatch(/^Admin admin deleted user frank \(id: [\w-]{36}\) - files: 0 uploads, 0 reports$/)
    expect(service.logged).toContain('🔐 AUDIT: Admin admin approved user alice')
    expect((await admin.get('/api/admin/audit/verify')).json).toEqual({ is_whole: true, broken_at: null })
    const { query } = service.services.database
    await query
      .updateTable('audit_events')
      .set({ message: 'nothing happened' })
      .where('sequence', '=', deleted.sequence)
      .execute()
    expect((await admin.get('/api/admin/audit/verify')).json).toEqual({ is_whole: false, broken_at: deleted.sequence })
  })
})
