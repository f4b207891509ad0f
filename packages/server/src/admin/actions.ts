import type { FastifyRequest } from 'fastify'
import { randomPassword } from '../auth/first-admin.ts'
import { revokeSessions } from '../auth/sessions.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import type { Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import { findUser, type Query, setPassword } from '../users/store.ts'

const TEMPORARY_LENGTH = 16
/** How a change is named in the trail; the administrator stands before it, the user behind. */
type Verb = 'approved' | 'blocked' | 'unblocked' | 'deleted'

/** What an administrator does to users; every step is written to the trail. */
export class AdminActions {
  readonly #services: Services
  readonly #request: FastifyRequest
  readonly #suffix: string

  constructor(services: Services, request: FastifyRequest, isBulk = false) {
    this.#services = services
    this.#request = request
    this.#suffix = isBulk ? ' [BULK]' : ''
  }

  /** @throws {HttpError} 404 */
  async user(id: string): Promise<StoredUser> {
    const user = isUuid(id) ? await findUser(this.#services.database.query, id) : null
    if (user === null) throw new HttpError(404, 'user_not_found', `User ${id} not found`)
    return user
  }

  async approve(id: string): Promise<StoredUser> {
    const user = await this.user(id)
    if (user.is_approved) throw new HttpError(400, 'already_approved', 'User is already approved')
    const approved_at = this.#services.now().toISOString()
    const approved = await this.#change(user, {
      is_approved: true,
      approved_by: accountOf(this.#request).id,
      approved_at,
    })
    await this.#note('approved', user)
    this.#services.mailer.send('account-approved', user)
    return approved
  }

  async block(id: string): Promise<StoredUser> {
    const user = await this.#subordinate(id, 'block')
    if (!user.is_active) throw new HttpError(400, 'already_blocked', 'User is already blocked')
    const blocked = await this.#change(user, { is_active: false })
    await revokeSessions(this.#services.database.query, id, this.#services.now())
    await this.#note('blocked', user)
    this.#services.mailer.send('account-blocked', user)
    return blocked
  }

  async unblock(id: string): Promise<StoredUser> {
    const user = await this.user(id)
    if (user.is_active) throw new HttpError(400, 'already_active', 'User is already active')
    const unblocked = await this.#change(user, { is_active: true })
    await this.#note('unblocked', user)
    return unblocked
  }

  async changeRole(id: string, role: 'admin' | 'user'): Promise<StoredUser> {
    const user = await this.user(id)
    if (id === accountOf(this.#request).id)
      throw new HttpError(400, 'own_account', 'Cannot change the role of your own account')
    const changed = await this.#change(user, { role })
    await revokeSessions(this.#services.database.query, id, this.#services.now())
    await this.#write('admin.user.role_changed', `made user ${user.username} ${role}`, user)
    return changed
  }

  /** A new password that has to be changed; everything that proved the user before ends. */
  async resetPassword(id: string): Promise<{ user: StoredUser; temporaryPassword: string }> {
    const user = await this.user(id)
    const isOtherAdmin = user.role === 'admin' && id !== accountOf(this.#request).id
    if (isOtherAdmin)
      throw new HttpError(403, 'administrator_account', 'Cannot reset the password of another administrator')
    const { database, passwords, now } = this.#services
    const temporaryPassword = randomPassword(TEMPORARY_LENGTH)
    const hashed = await passwords.hash(temporaryPassword)
    await database.query.transaction().execute(async (transaction) => {
      await revokeSessions(transaction, id, now())
      await setPassword(transaction, id, hashed, { mustChange: true, now: now() })
    })
    await this.#write('admin.user.password_reset', `reset the password of user ${user.username}`, user)
    return { user, temporaryPassword }
  }

  /** For somebody who lost the second factor. */
  async removeSecondFactor(id: string): Promise<StoredUser> {
    const user = await this.user(id)
    if (!user.is_2fa_enabled) throw new HttpError(400, 'second_factor_off', 'Two-factor authentication is not enabled')
    await this.#services.database.query.deleteFrom('backup_codes').where('user_id', '=', id).execute()
    const changed = await this.#change(user, { is_2fa_enabled: false, totp_secret: null, totp_last_step: null })
    await this.#write('admin.user.second_factor_removed', `removed the second factor of user ${user.username}`, user)
    return changed
  }

  /** The user, its rows and every file of its tasks. */
  async delete(id: string): Promise<{ user: StoredUser; uploads: number; reports: number }> {
    const user = await this.#subordinate(id, 'delete')
    const { database, blobs, queue, partialUploads } = this.#services
    const tasks = await asTenant(database, SERVICE, async (transaction) => {
      const rows = await transaction
        .deleteFrom('tasks')
        .where('owner_id', '=', id)
        .returning(['task_id', 'capture_key', 'report_html_path', 'report_json_path'])
        .execute()
      await transaction.deleteFrom('users').where('id', '=', id).execute()
      return rows
    })
    let uploads = 0
    let reports = 0
    for (const upload of await partialUploads.of(id)) await partialUploads.remove(upload.id)
    for (const { task_id, capture_key, report_html_path, report_json_path } of tasks) {
      queue.interrupt(task_id)
      if (capture_key !== null && (await blobs.delete(capture_key))) uploads++
      for (const key of [report_html_path, report_json_path]) if (key !== null && (await blobs.delete(key))) reports++
    }
    await this.#note('deleted', user, ` - files: ${uploads} uploads, ${reports} reports`)
    return { user, uploads, reports }
  }

  /** @throws {HttpError} 400 for oneself and for other administrators */
  async #subordinate(id: string, verb: string): Promise<StoredUser> {
    const user = await this.user(id)
    if (id === accountOf(this.#request).id) throw new HttpError(400, 'own_account', `Cannot ${verb} your own account`)
    if (user.role === 'admin') throw new HttpError(400, 'administrator_account', `Cannot ${verb} admin accounts`)
    return user
  }

  async #change({ id }: StoredUser, changes: Partial<StoredUser>): Promise<StoredUser> {
    const query: Query = this.#services.database.query
    return query.updateTable('users').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
  }

  #note(verb: Verb, user: StoredUser, suffix = ''): Promise<void> {
    return this.#write(`admin.user.${verb}`, `${verb} user ${user.username}`, user, suffix)
  }

  #write(event: string, what: string, user: StoredUser, suffix = ''): Promise<void> {
    const message = `Admin ${accountOf(this.#request).username} ${what} (id: ${user.id})${suffix}${this.#suffix}`
    return this.#services.audit.write(this.#request, { event, severity: 'WARNING', message, subject: user.id })
  }
}
