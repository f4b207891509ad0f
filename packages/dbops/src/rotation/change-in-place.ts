import { setTimeout } from 'node:timers/promises'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Journal } from '../state/journal.ts'
import { canLogIn, type LoginProof } from './login-proof.ts'
import { setPassword } from './open-and-shut.ts'
import type { CommonRotationOptions } from './rotation.ts'
import type { StoredLogin } from './secret-store.ts'
import { toldStep } from './told-step.ts'

export interface SingleRotationOptions extends CommonRotationOptions {
  readonly login: string
  /** Whose password changes first; the provider's. */
  readonly first?: 'provider' | 'database'
  /** How long the provider may take to give back what was written; 10 s. */
  readonly rereadMs?: number
  /** End the sessions that were opened with the old password when the grace is over. */
  readonly isOldEnded?: boolean
  /** How a login is proven; in a database. A plan tells. */
  readonly proof?: LoginProof
  /** The login may be a superuser. */
  readonly isSuperuserAllowed?: boolean
  /** Another superuser, who is to get in when the login in use is the only other one. */
  readonly secondAdmin?: ConnectionParameters
}

/**
 * Where the work is done. When the login that is rotated does it, its own password changes on the way: the first that works of what the
 * store gives out, what was given, and the version that a rollback replaced.
 */
export async function adminOf(
  { admin, login, store }: SingleRotationOptions,
  journal?: Journal,
): Promise<ConnectionParameters> {
  if (admin.user !== login) return admin
  const replaced = (journal?.dataOf('replace') as { version: string } | undefined)?.version
  const ways = [
    async () => (await store.read()).password,
    async () => admin.password,
    async () => (replaced === undefined ? null : ((await store.readVersion?.(replaced))?.password ?? null)),
  ]
  for (const way of ways) {
    const password = await way()
    if (password !== null && (await canLogIn(admin, login, password))) return { ...admin, password }
  }
  return admin // its failure says why
}

/** The steps of a rotation in place; `publish` and `switch` change places when the database is first. */
export const singleRotationSteps = ['publish', 'switch', 'confirm', 'reload', 'end'] as const
export type SingleRotationStep = (typeof singleRotationSteps)[number]

/** A step of a rotation in place. */
export function step<Result>(
  options: SingleRotationOptions,
  journal: Journal,
  name: SingleRotationStep,
  work: () => Promise<Result>,
): Promise<Result> {
  return toldStep(options, journal, name, work)
}

/** Provider and role, in the order that was asked for; undone when one of them fails. */
export async function changeBoth(
  options: SingleRotationOptions,
  journal: Journal,
  client: ServerClient,
  old: StoredLogin,
): Promise<void> {
  const { login, store, first = 'provider' } = options
  const password = generatePassword()
  const publish = async (): Promise<void> => {
    await store.write({ user: login, password })
    await rereadUntil(options, (found) => found.password.reveal() === password.reveal())
  }
  const commit = async (): Promise<{ at: string }> => {
    await client.query('commit')
    const { rows } = await client.query<{ at: string }>('select clock_timestamp()::text as at')
    return rows[0]
  }
  try {
    // both waits could end the session in the middle, or block it for ever
    await client.query("begin; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '30s'")
    await setPassword(client, login, password)
    if (first === 'provider') await step(options, journal, 'publish', publish)
    await step(options, journal, 'switch', commit)
    if (first === 'database') await step(options, journal, 'publish', publish)
    await step(options, journal, 'confirm', () => rereadUntil(options, (found) => works(options, found)))
  } catch (error) {
    await journal.step('undo', () => undo(options, client, old))
    throw error
  }
}

/** @throws {DbopsError} INTEGRITY when the provider does not give back, in the time it has, a login that fits */
async function rereadUntil(
  { login, store, rereadMs = 10_000, pollMs = 250 }: SingleRotationOptions,
  fits: (found: StoredLogin) => Promise<boolean> | boolean,
): Promise<void> {
  const untilMs = performance.now() + rereadMs
  for (;;) {
    const found = await store.read()
    if (found.user === login && (await fits(found))) return
    if (performance.now() >= untilMs)
      throw new DbopsError('INTEGRITY', `${store.name} does not give back the new password of ${login}`)
    await setTimeout(pollMs)
  }
}

function works({ admin, login, proof }: SingleRotationOptions, { password }: { password: Secret }): Promise<boolean> {
  return canLogIn(admin, login, password, proof)
}

/** Both sides have the old password again, proven by a login. */
async function undo(options: SingleRotationOptions, client: ServerClient, old: StoredLogin): Promise<void> {
  const { login, store } = options
  await client.query('rollback')
  if (!(await works(options, old))) await setPassword(client, login, old.password)
  const given = await store.read()
  if (given.password.reveal() !== old.password.reveal()) await store.write({ user: login, password: old.password })
  await rereadUntil(options, (found) => works(options, found))
}

/** Gives the role the password that the provider gives out, unless it works already. @throws {DbopsError} INTEGRITY */
export async function agreeWithStore(options: SingleRotationOptions, client: ServerClient): Promise<void> {
  const { login, store } = options
  const given = await store.read()
  if (given.user !== login) throw new DbopsError('INTEGRITY', `${store.name} gives out ${given.user}, not ${login}`)
  if (!(await works(options, given))) await setPassword(client, login, given.password)
  await rereadUntil(options, (found) => works(options, found))
}
