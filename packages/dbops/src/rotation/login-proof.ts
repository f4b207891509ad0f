import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** Whether a client with this login gets in, by really getting in. Other failures than a refused login are thrown. */
export async function canLogIn(admin: ConnectionParameters, user: string, password: Secret): Promise<boolean> {
  try {
    const client = await connectServer({ ...admin, user, password, options: null, applicationName: 'dbops rotate' })
    await client.end()
    return true
  } catch (error) {
    if (error instanceof DbopsError && error.code === 'AUTHENTICATION_FAILED') return false
    throw error
  }
}

/** @throws {DbopsError} INTEGRITY with the reason when the login is refused */
export async function requireLogin(
  admin: ConnectionParameters,
  user: string,
  password: Secret,
  reason: string,
): Promise<void> {
  if (!(await canLogIn(admin, user, password))) throw new DbopsError('INTEGRITY', reason)
}
