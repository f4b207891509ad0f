import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import type { Query } from '../users/store.ts'

const STEP_SECONDS = 30
const BACKUP_CODES = 10
const ISSUER = 'PCAP Analyzer'
const TOTP_CODE = /^\d{6}$/

/** The code generator of a secret, as authenticator programs have it (RFC 6238: SHA-1, 6 digits, 30 s). */
export function totpOf(secretBase32: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secretBase32), period: STEP_SECONDS, digits: 6 })
}

/** A new secret, base 32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** True once for each code: a TOTP within one step of now that is later than the last taken, or a backup code not used yet. */
export async function isSecondFactor(services: Services, user: StoredUser, code: string): Promise<boolean> {
  const plain = code.replace(/[\s-]/g, '')
  if (TOTP_CODE.test(plain)) return takeTotp(services, user, plain)
  const { database, now } = services
  const { numUpdatedRows } = await database.query
    .updateTable('backup_codes')
    .set({ used_at: now().toISOString() })
    .where('user_id', '=', user.id)
    .where('code_hash', '=', hashOfBackupCode(services, user.id, plain))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function takeTotp(services: Services, user: StoredUser, code: string): Promise<boolean> {
  const secret = user.totp_secret === null ? null : decryptSecret(services, user.totp_secret)
  if (secret === null) return false
  const step = stepOfCode(secret, code, services.now())
  if (step === null) return false
  const { numUpdatedRows } = await services.database.query
    .updateTable('users')
    .set({ totp_last_step: step })
    .where('id', '=', user.id)
    .where(({ eb, or }) => or([eb('totp_last_step', 'is', null), eb('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The time step that a code belongs to, one before or after now at most; null for a wrong code. */
export function stepOfCode(secretBase32: string, code: string, now: Date): number | null {
  const delta = totpOf(secretBase32, '').validate({ token: code, window: 1, timestamp: now.getTime() })
  return delta === null ? null : Math.floor(now.getTime() / 1000 / STEP_SECONDS) + delta
}

/** Replaces the backup codes of a user; only their hashes are stored. */
export async function newBackupCodes(services: Services, query: Query, userId: string): Promise<string[]> {
  const codes = Array.from({ length: BACKUP_CODES }, () => randomBytes(4).toString('hex'))
  await query.deleteFrom('backup_codes').where('user_id', '=', userId).execute()
  await query
    .insertInto('backup_codes')
    .values(
      codes.map((code) => ({
        id: randomUUID(),
        user_id: userId,
        code_hash: hashOfBackupCode(services, userId, code),
        used_at: null,
      })),
    )
    .execute()
  return codes
}

/** Keyed, since eight digits are soon tried through. */
function hashOfBackupCode({ config }: Services, userId: string, code: string): string {
  const key = derivedKey(config.secretKey, 'backup-codes')
  return createHmac('sha256', key).update(`${userId}:${code.toLowerCase()}`).digest('hex')
}

/** AES-256-GCM under a key derived from SECRET_KEY: nonce, tag and text in base 64. */
export function encryptSecret({ config }: Pick<Services, 'config'>, secret: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', derivedKey(config.secretKey, 'totp'), nonce)
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

/** Null when SECRET_KEY is another one than when it was encrypted. */
export function decryptSecret({ config }: Pick<Services, 'config'>, stored: string): string | null {
  const bytes = Buffer.from(stored, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', derivedKey(config.secretKey, 'totp'), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function derivedKey(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', `pcap-analyzer ${purpose}`, 32))
}
