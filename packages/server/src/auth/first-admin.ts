import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ServiceError } from '../errors.ts'
import type { Services } from '../services.ts'
import { addUser } from '../users/store.ts'
import { LEAST_LENGTH } from './password-rules.ts'

export const MOUNTED_PASSWORD = '/var/run/secrets/admin_password'
const PASSWORD_LENGTH = 24
/** Survives a form and a shell unescaped; nothing that looks like something else. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** A password nobody chose. */
export function randomPassword(length = PASSWORD_LENGTH): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/**
 * Creates `admin` where there is no administrator yet, once and for all: with the password that was mounted, or with a random one that is
 * printed this one time. Of several instances that start at once, one creates it.
 * @throws {ServiceError} CONFIGURATION_INVALID when the mounted password is too short
 */
export async function ensureFirstAdmin(
  { config, database, passwords, audit, now }: Services,
  print: (text: string) => void,
  mountedPath: string = MOUNTED_PASSWORD,
): Promise<void> {
  const { query } = database
  const known = await query.selectFrom('users').select('id').where('role', '=', 'admin').limit(1).executeTakeFirst()
  if (known !== undefined) return
  const given = config.values.ADMIN_PASSWORD ?? mountedPassword(mountedPath)
  if (given !== null && given.length < LEAST_LENGTH) {
    throw new ServiceError(
      'CONFIGURATION_INVALID',
      `the administrator's password has fewer than ${LEAST_LENGTH} characters`,
    )
  }
  const password = given ?? randomPassword()
  const admin = await addUser(
    query,
    {
      username: 'admin',
      email: 'admin@localhost',
      hashedPassword: await passwords.hash(password),
      role: 'admin',
      isApproved: true,
      approvedBy: null,
      mustChangePassword: true,
    },
    now(),
  )
  if (admin === null) return
  await audit.write(null, { event: 'admin.created', message: 'First administrator created', subject: admin.id })
  if (given === null) print(block(password))
}

function mountedPassword(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null
  } catch {
    return null // not mounted
  }
}

function block(password: string): string {
  const rule = '='.repeat(72)
  return [
    '',
    rule,
    '  ADMIN BRISE-GLACE ACCOUNT CREATED',
    rule,
    '  Username: admin',
    `  Password: ${password}`,
    '',
    '  This password is shown only once and must be changed at the first login.',
    rule,
    '',
  ].join('\n')
}
