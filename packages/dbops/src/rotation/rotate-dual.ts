import { withServer } from '../connection/connect.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { DbopsError } from '../errors.ts'
import { runReloadHooks } from '../hooks.ts'
import type { Journal } from '../state/journal.ts'
import { canLogIn, requireLogin } from './login-proof.ts'
import { drained, endSessions, forTheLate, openLogin, type Patience, patienceOf, shutLogin } from './open-and-shut.ts'
import type { CommonRotationOptions, RotationResult } from './rotation.ts'
import { requireTwins, type SessionGroup } from './rotation-facts.ts'
import { toldStep } from './told-step.ts'

export interface RotationOptions extends CommonRotationOptions {
  /** Two alike logins of one group; one of them is in use. */
  readonly logins: readonly [string, string]
  /** How long no session of the old login may be seen before it is closed: who has read the old password gets in meanwhile; 2 s. */
  readonly settleMs?: number
}

/** The steps of a rotation, in their order. */
export const rotationSteps = ['prepare', 'publish', 'confirm', 'reload', 'drain', 'retire'] as const
export type RotationStep = (typeof rotationSteps)[number]

/** What a resumed rotation has to know; no secret. */
export interface RotationPayload {
  readonly from: string
  readonly to: string
  readonly versionBefore: string
}

/**
 * Decides who is next. The login that the store gives out now is the one in use.
 * @throws {DbopsError} REFUSED when the two are not alike, or the store gives out neither
 */
export async function planRotation({ admin, logins, store }: RotationOptions): Promise<RotationPayload> {
  const { user, version } = await store.read()
  if (!logins.includes(user))
    throw new DbopsError('REFUSED', `${store.name} gives out ${user}, which is neither ${logins[0]} nor ${logins[1]}`)
  await withServer(admin, (client) => requireTwins(client, logins))
  return { from: user, to: logins[0] === user ? logins[1] : logins[0], versionBefore: version }
}

/**
 * Rotates from one login to the other. At every moment the store gives out a login that works: the new one is proven before it is
 * published, and the old one is closed only after the published one was read back and proven. Every step may be run again.
 * @throws {DbopsError} after undoing what was published, when the published login does not work
 */
export async function rotateDual(options: RotationOptions, journal: Journal): Promise<RotationResult> {
  const { admin, store } = options
  const patience = patienceOf(options)
  const { from, to } = journal.entry.payload as RotationPayload
  const step = <Result>(name: RotationStep, work: () => Promise<Result>): Promise<Result> =>
    toldStep(options, journal, name, work)
  if (!journal.isDone('publish')) await prepareAndPublish(options, journal, { from, to }, step)
  const version = await step('confirm', () => confirmPublished(options, { from, to }))
  const failedHooks = await step('reload', () => runReloadHooks(options.hooks ?? [], patience.onProgress))
  const left = await step('drain', async () => {
    patience.onProgress(`waiting for sessions of ${from} to end, at most ${Math.round(patience.graceMs / 1000)} s`)
    return await withServer(admin, (client) => drained(client, from, patience))
  })
  const terminated = await step('retire', () => retire(options, { from, to }, forTheLate(patience, left)))
  patience.onProgress(`${store.name} gives out ${to}, ${from} is closed`)
  return { from, to, version, terminated, failedHooks }
}

interface Direction {
  readonly from: string
  readonly to: string
}

/** The password lives only in memory until it is published; a crash before that makes a new one. */
async function prepareAndPublish(
  { admin, store }: RotationOptions,
  journal: Journal,
  { from, to }: Direction,
  step: <Result>(name: RotationStep, work: () => Promise<Result>) => Promise<Result>,
): Promise<void> {
  const published = await store.read()
  // a crash between writing the store and noting it: what the store gives out decides
  if (published.user === to && (await canLogIn(admin, to, published.password))) {
    await journal.step('publish', () => {})
    return
  }
  const password = generatePassword()
  const prepare = async (): Promise<void> => {
    await withServer(admin, (client) => openLogin(client, to, password))
    await requireLogin(admin, to, password, 'the new password does not work before it is published')
  }
  // not kept as done on its own: its password is gone with the process
  if (journal.isDone('prepare')) await prepare()
  else await step('prepare', prepare)
  await step('publish', async () => {
    try {
      await store.write({ user: to, password })
    } catch (error) {
      await rollBack({ admin, store }, { from, to })
      throw error
    }
  })
}

async function confirmPublished({ admin, store }: RotationOptions, { from, to }: Direction): Promise<string> {
  const readBack = await store.read()
  if (readBack.user === to && (await canLogIn(admin, to, readBack.password))) return readBack.version
  await rollBack({ admin, store }, { from, to })
  throw new DbopsError(
    'INTEGRITY',
    `${store.name} does not give back a login of ${to} that works; ${from} stays in use`,
    {
      hint: 'the provider may be stale or have refused the write: look at it, then rotate again',
    },
  )
}

/** The old login stays open; the new one is closed unless the store gives out one of its that works. */
async function rollBack(
  { admin, store }: Pick<RotationOptions, 'admin' | 'store'>,
  { from, to }: Direction,
): Promise<void> {
  const current = await store.read().catch(() => null)
  if (current?.user === to && (await canLogIn(admin, to, current.password))) return
  if (current === null) return // nobody can tell what clients have: both stay open
  await withServer(admin, async (client) => {
    if (current.user !== from) return
    await shutLogin(client, to)
    await endSessions(client, to)
  })
}

/** Last look before the old login is closed: what the store gives out must work now. Returns the sessions that had to be ended. */
async function retire(
  { admin, store }: RotationOptions,
  { from, to }: Direction,
  patience: Patience,
): Promise<SessionGroup[]> {
  const current = await store.read()
  if (current.user !== to || !(await canLogIn(admin, to, current.password)))
    throw new DbopsError(
      'INTEGRITY',
      `${store.name} no longer gives out a login of ${to} that works, so ${from} is not closed`,
    )
  return await withServer(admin, async (client) => {
    await shutLogin(client, from)
    const left = await drained(client, from, patience)
    await endSessions(client, from)
    return left
  })
}

/** Gives the old login a new password, publishes it, and closes the one that was rotated to. */
export async function rollBackRotation(options: RotationOptions, journal: Journal): Promise<RotationResult> {
  const { from, to } = journal.entry.payload as RotationPayload
  const { admin, store } = options
  const patience = patienceOf(options)
  const password = generatePassword()
  await withServer(admin, (client) => openLogin(client, from, password))
  await requireLogin(admin, from, password, `${from} cannot be opened again`)
  await store.write({ user: from, password })
  const version = await confirmPublished(options, { from: to, to: from })
  const left = await withServer(admin, (client) => drained(client, to, patience))
  const terminated = await retire(options, { from: to, to: from }, forTheLate(patience, left))
  return { from: to, to: from, version, terminated, failedHooks: [] }
}
