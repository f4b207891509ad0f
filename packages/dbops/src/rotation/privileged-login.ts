import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { firstMatch } from '../hba/hba-match.ts'
import { readServerRules } from '../hba/server-rules.ts'
import type { Secret } from '../secret.ts'
import type { SingleRotationOptions } from './change-in-place.ts'
import { canLogIn, isPasswordAsked, type LoginProof } from './login-proof.ts'
import type { LoginPower } from './rotation-facts.ts'

/** Ways of proving who one is that need no password of the server's. */
const PASSWORDLESS = ['peer', 'trust', 'cert', 'gss', 'sspi', 'ident', 'ldap', 'pam', 'radius']

/**
 * How the login can be proven with a password that works now. A standby's login that the rules let in for replication is proven that way,
 * any other in a database.
 * @throws {DbopsError} REFUSED when the password does not work
 */
export async function proofOf(
  { admin, login, store }: SingleRotationOptions,
  password: Secret,
  { isSuperuser, mayReplicate }: LoginPower,
): Promise<LoginProof> {
  if (mayReplicate && !isSuperuser && (await replicates(admin, login, password))) return 'replication'
  if (await canLogIn(admin, login, password)) return 'session'
  throw new DbopsError('REFUSED', `${store.name} gives out a password of ${login} that does not work`, {
    hint: 'nothing could be gone back to: put that right first, dbops cred test tells why',
  })
}

/** Rules that let nobody replicate from here are no wrong password. */
async function replicates(admin: ConnectionParameters, login: string, password: Secret): Promise<boolean> {
  try {
    return await canLogIn(admin, login, password, 'replication')
  } catch (error) {
    if (error instanceof DbopsError && ['NO_HBA_ENTRY', 'TLS_REQUIRED'].includes(error.code)) return false
    throw error
  }
}

/**
 * What has to hold before a login that much depends on gets another password. Says what cannot be proven of any other.
 * @throws {DbopsError} REFUSED
 */
export async function requireWayBack(
  options: SingleRotationOptions,
  client: ServerClient,
  { isSuperuser, mayReplicate }: LoginPower,
  proof: LoginProof,
): Promise<void> {
  const { admin, login, onProgress = () => {}, isSuperuserAllowed = false } = options
  const isOwn = admin.user === login
  if (isSuperuser && !isSuperuserAllowed)
    throw new DbopsError('REFUSED', `${login} is a superuser`, { hint: 'give --superuser to rotate it all the same' })
  requireSafeOrder(options)
  if (!(await isPasswordAsked(admin, login, proof))) {
    const words = `the server lets ${login} in from here whatever its password, so a login proves nothing`
    if (isSuperuser || mayReplicate || isOwn)
      throw new DbopsError('REFUSED', words, {
        hint: 'rotate from where its password is asked for, such as over TCP: dbops hba explain shows the rule',
      })
    onProgress(`warning: ${words}`)
  }
  if (isSuperuser && isOwn) onProgress(`${login} is not the only way in: ${await secondWay(options, client)}`)
}

/** @throws {DbopsError} REFUSED for what could lose the password of the very login that works, or its session */
export function requireSafeOrder(options: SingleRotationOptions): void {
  const { admin, login, first = 'provider', isOldEnded = false } = options
  if (admin.user !== login) return
  if (first === 'database')
    throw new DbopsError(
      'REFUSED',
      `${login} is the login of this very work: were it interrupted, nobody would have its password`,
      { hint: 'let the provider change first, or work with another administrator' },
    )
  if (isOldEnded)
    throw new DbopsError('REFUSED', `${login} is the login of this very work, which --end-old would end`, {
      hint: 'work with another administrator',
    })
}

/** Another superuser, proven where a login of one was given. @throws {DbopsError} REFUSED when there is none */
async function secondWay({ login, secondAdmin }: SingleRotationOptions, client: ServerClient): Promise<string> {
  if (secondAdmin !== undefined) return await provenSecondAdmin(login, secondAdmin, client)
  const { rows } = await client.query<{ name: string; hasPassword: boolean }>(
    `select rolname as name, rolpassword is not null and coalesce(rolvaliduntil > now(), true) as "hasPassword" from pg_authid
    where rolsuper and rolcanlogin order by rolname <> $1, 1`,
    [login],
  )
  const { rules } = (await readServerRules(client)).file
  const come = { database: 'postgres', groups: [], isReplication: false }
  for (const { name, hasPassword } of rows) {
    const overSocket = firstMatch(rules, { ...come, user: name, address: null, isTls: false })
    const overLoopback = firstMatch(rules, { ...come, user: name, address: '127.0.0.1', isTls: true })
    for (const { method, type } of [overSocket, overLoopback].filter((rule) => rule !== null)) {
      const from = type === 'local' ? 'over the socket' : 'over the loopback address'
      if (PASSWORDLESS.includes(method)) return `${name} comes in ${from} by ${method}`
      if (method !== 'reject' && name !== login && hasPassword) return `${name} comes in ${from} with a password`
    }
  }
  throw new DbopsError('REFUSED', `${login} is the last superuser, and the rules leave it no way in but its password`, {
    hint: 'give --second-admin with the URL of another superuser, or a rule of pg_hba.conf for the socket: local all postgres peer',
  })
}

async function provenSecondAdmin(
  login: string,
  secondAdmin: ConnectionParameters,
  client: ServerClient,
): Promise<string> {
  // superusers of two systems of one origin share the identifier, but not the moment at which the server began
  const facts = `select session_user::text as name, current_setting('is_superuser') = 'on' as "isSuperuser",
    pg_postmaster_start_time()::text || (select system_identifier from pg_control_system()) as system`
  type Facts = { name: string; isSuperuser: boolean; system: string }
  const { rows: here } = await client.query<Facts>(facts)
  return await withServer(secondAdmin, async (second) => {
    const { rows: there } = await second.query<Facts>(facts)
    const [{ name, isSuperuser, system }] = there
    if (name !== login && isSuperuser && system === here[0].system) return `${name} logged in`
    throw new DbopsError('REFUSED', `--second-admin is not another superuser of this server, but ${name}`)
  })
}
