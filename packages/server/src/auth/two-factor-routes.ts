import { toDataURL } from 'qrcode'
import { Type } from 'typebox'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { confirmPassword, ownRow } from '../users/routes.ts'
import { PasswordText } from '../users/schemas.ts'
import { decryptSecret, encryptSecret, newBackupCodes, newTotpSecret, stepOfCode, totpOf } from './two-factor.ts'

const Setup = Type.Object({ secret: Type.String(), qr_code: Type.String() })
const Enable = Type.Object({
  secret: Type.Optional(Type.String({ maxLength: 200 })),
  code: Type.String({ maxLength: 20 }),
})
const Enabled = Type.Object({ message: Type.String(), backup_codes: Type.Array(Type.String()) })

/** Switching the second factor on and off. */
export function twoFactorRoutes(app: App, services: Services): void {
  const { database, audit, mailer, now } = services
  const config = { access: 'user' } as const
  const tags = ['users']

  app.post(
    '/api/users/me/2fa/setup',
    { config, schema: { tags, response: { 200: Setup, ...refusals } } },
    async (request) => {
      const user = await ownRow(services, accountOf(request).id)
      if (user.is_2fa_enabled)
        throw new HttpError(400, 'second_factor_on', 'Two-factor authentication is already enabled')
      const secret = newTotpSecret()
      // the server remembers what it gave out; a secret that comes back is not believed
      const totp_secret = encryptSecret(services, secret)
      await database.query.updateTable('users').set({ totp_secret }).where('id', '=', user.id).execute()
      return { secret, qr_code: await toDataURL(totpOf(secret, user.email).toString()) }
    },
  )
  app.post(
    '/api/users/me/2fa/enable',
    { config, schema: { tags, body: Enable, response: { 200: Enabled, ...refusals } } },
    async (request) => {
      const user = await ownRow(services, accountOf(request).id)
      if (user.is_2fa_enabled)
        throw new HttpError(400, 'second_factor_on', 'Two-factor authentication is already enabled')
      const secret = user.totp_secret === null ? null : decryptSecret(services, user.totp_secret)
      const step = secret === null ? null : stepOfCode(secret, request.body.code.replace(/\s/g, ''), now())
      if (step === null) throw new HttpError(400, 'wrong_second_factor', 'Invalid 2FA code')
      const codes = await database.query.transaction().execute(async (transaction) => {
        const enabled = { is_2fa_enabled: true, totp_last_step: step }
        await transaction.updateTable('users').set(enabled).where('id', '=', user.id).execute()
        return newBackupCodes(services, transaction, user.id)
      })
      const message = `User ${user.username} enabled two-factor authentication`
      await audit.write(request, { event: 'auth.second_factor_enabled', message, subject: user.id })
      mailer.send('second-factor-changed', user, { ip: request.ip, time: now().toISOString() })
      return {
        message: 'Two-factor authentication is enabled. The backup codes are shown only once.',
        backup_codes: codes,
      }
    },
  )
  app.post(
    '/api/users/me/2fa/disable',
    {
      config,
      schema: { tags, body: Type.Object({ password: PasswordText }), response: { 200: Message, ...refusals } },
    },
    async (request) => {
      const user = await ownRow(services, accountOf(request).id)
      if (!user.is_2fa_enabled)
        throw new HttpError(400, 'second_factor_off', 'Two-factor authentication is not enabled')
      await confirmPassword(services, user, request.ip, request.body.password, 'Incorrect password')
      await database.query.transaction().execute(async (transaction) => {
        const disabled = { is_2fa_enabled: false, totp_secret: null, totp_last_step: null }
        await transaction.updateTable('users').set(disabled).where('id', '=', user.id).execute()
        await transaction.deleteFrom('backup_codes').where('user_id', '=', user.id).execute()
      })
      const message = `User ${user.username} disabled two-factor authentication`
      await audit.write(request, { event: 'auth.second_factor_disabled', message, subject: user.id })
      mailer.send('second-factor-changed', user, { ip: request.ip, time: now().toISOString() })
      return { message: 'Two-factor authentication is disabled' }
    },
  )
}
