import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../secret.ts'

/** The server's default (`scram_iterations`). */
const DEFAULT_ITERATIONS = 4096

/**
 * The value PostgreSQL stores for a password under scram-sha-256 (RFC 5803 form), so that the password itself never travels in a
 * statement, a log or pg_stat_statements.
 */
export function scramVerifier(password: Secret, options: { iterations?: number; salt?: Buffer } = {}): string {
  const iterations = options.iterations ?? DEFAULT_ITERATIONS
  const salt = options.salt ?? randomBytes(16)
  const { storedKey, serverKey } = scramKeys(password.reveal(), salt, iterations)
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey.toString('base64')}:${serverKey.toString('base64')}`
}

/** Whether a stored verifier, SCRAM or the old MD5, belongs to this password; MD5 needs the role's name. */
export function verifierMatches(verifier: string, password: string, role: string): boolean {
  if (/^md5[0-9a-f]{32}$/.test(verifier)) {
    return (
      verifier ===
      `md5${createHash('md5')
        .update(password + role)
        .digest('hex')}`
    )
  }
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(verifier)
  if (parts === null) return false
  const { storedKey } = scramKeys(password, Buffer.from(parts[2], 'base64'), Number(parts[1]))
  const stored = Buffer.from(parts[3], 'base64')
  return stored.length === storedKey.length && timingSafeEqual(stored, storedKey)
}

/** RFC 5802 §3. */
function scramKeys(password: string, salt: Buffer, iterations: number): { storedKey: Buffer; serverKey: Buffer } {
  const salted = pbkdf2Sync(prepared(password), salt, iterations, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return {
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: createHmac('sha256', salted).update('Server Key').digest(),
  }
}

/** The steps of SASLprep that change bytes (RFC 4013 §2.1 and §2.2). */
function prepared(password: string): string {
  return password
    .replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g, ' ')
    .replace(/\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/g, '')
    .normalize('NFKC')
}
