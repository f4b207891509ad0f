import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ServerClient } from '../connection/server-client.ts'
import type { Secret } from '../secret.ts'

/** The server's default (`scram_iterations`), and the least that RFC 7677 allows. */
export const DEFAULT_ITERATIONS = 4096
/** As many make every new session wait for about a second. */
export const MOST_ITERATIONS = 1_000_000

/**
 * The value PostgreSQL stores for a password under scram-sha-256 (RFC 5803 form), so that the password itself never travels in a
 * statement, a log or pg_stat_statements.
 */
export function scramVerifier(
  password: Secret,
  options: { iterations?: number | undefined; salt?: Buffer } = {},
): string {
  const iterations = options.iterations ?? DEFAULT_ITERATIONS
  const salt = options.salt ?? randomBytes(16)
  const { storedKey, serverKey } = scramKeys(password.reveal(), salt, iterations)
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey.toString('base64')}:${serverKey.toString('base64')}`
}

/** How often the verifier of a role was iterated, so that a new one is no weaker; the default where that may not be seen. */
export async function iterationsOf(client: ServerClient, role: string): Promise<number> {
  const { rows: rights } = await client.query<{ isSeen: boolean }>(
    "select has_table_privilege('pg_catalog.pg_authid', 'select') as \"isSeen\"",
  )
  if (!rights[0].isSeen) return DEFAULT_ITERATIONS
  const { rows } = await client.query<{ iterations: number | null }>(
    "select substring(rolpassword from '^SCRAM-SHA-256[$]([0-9]{1,7}):')::int as iterations from pg_authid where rolname = $1",
    [role],
  )
  const iterations = rows[0]?.iterations ?? DEFAULT_ITERATIONS
  return Math.min(Math.max(iterations, DEFAULT_ITERATIONS), MOST_ITERATIONS)
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
