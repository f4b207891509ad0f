import type { ClientConfig } from 'pg'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'

/** How a login proves itself: in a database, or, as a standby does, over a replication connection that says which system it is. */
export type LoginProof = 'session' | 'replication'

/** Whether a client with this login gets in, by really getting in. Other failures than a refused login are thrown. */
export async function canLogIn(
  admin: ConnectionParameters,
  user: string,
  password: Secret,
  proof: LoginProof = 'session',
): Promise<boolean> {
  const parameters: ConnectionParameters = {
    ...admin,
    user,
    password,
    options: null,
    applicationName: 'dbops rotate',
    // a replication connection answers no query that could tell the state of a server
    ...(proof === 'replication' ? { targetSessionAttributes: 'any' as const } : {}),
  }
  const config = proof === 'replication' ? ({ replication: 'true' } as ClientConfig) : {}
  try {
    const client = await connectServer(parameters, parameters, config)
    try {
      if (proof === 'replication') await client.query('IDENTIFY_SYSTEM')
    } finally {
      await client.end()
    }
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

/** Whether the server looks at the password at all when this login comes from here: one that nobody has is refused. */
export async function isPasswordAsked(admin: ConnectionParameters, user: string, proof: LoginProof): Promise<boolean> {
  return !(await canLogIn(admin, user, generatePassword(), proof))
}
