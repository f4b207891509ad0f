import { setTimeout } from 'node:timers/promises'
import { connectServer, withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import { scramVerifier } from '../roles/scram.ts'
import type { Secret } from '../secret.ts'
import type { Journal } from '../state/journal.ts'
import { requireTwins, type SessionGroup, sessionsOf } from './rotation-facts.ts'
import type { LoginStore } from './secret-store.ts'

export interface RotationOptions {
  /** A session that may alter both logins. */
  readonly admin: ConnectionParameters
  /** Two alike logins of one group; one of them is in use. */
  readonly logins: readonly [string, string]
  readonly store: LoginStore
  /** How long sessions of the old login may go on; 300 s. */
  readonly graceMs?: number
  readonly pollMs?: number
  readonly onProgress?: (line: string) => void
  /** Tells when a step has begun; tests end the process there. */
  readonly onStep?: (step: RotationStep, moment: 'before' | 'after') => void
}

/** The steps of a rotation, in their order. */
export const rotationSteps = ['prepare', 'publish', 'confirm', 'drain', 'retire'] as const
export type RotationStep = (typeof rotationSteps)[number]

export interface RotationResult {
  readonly from: string
  readonly to: string
  readonly version: string
  /** Sessions of the old login that did not leave by themselves. */
  readonly terminated: readonly SessionGroup[]
}

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
  const { admin, store, graceMs = 300_000, pollMs = 250, onProgress = () => {}, onStep = () => {} } = options
  const { from, to } = journal.entry.payload as RotationPayload
  const step = async <Result>(name: RotationStep, work: () => Promise<Result>): Promise<Result> => {
    onStep(name, 'before')
    const result = await journal.step(name, work)
    onStep(name, 'after')
    return result
  }
  if (!journal.isDone('publish')) await prepareAndPublish(options, journal, { from, to }, step)
  const version = await step('confirm', () => confirmPublished(options, { from, to }))
  const left = await step('drain', async () => {
    onProgress(`waiting for sessions of ${from} to end, at most ${Math.round(graceMs / 1000)} s`)
    return await withServer(admin, (client) => drained(client, from, { graceMs, pollMs, onProgress }))
  })
  await step('retire', () => retire(options, { from, to }))
  onProgress(`${store.name} gives out ${to}, ${from} is closed`)
  return { from, to, version, terminated: left }
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
    if (current.user === from) await closeLogin(client, to)
  })
}

async function drained(
  client: ServerClient,
  login: string,
  { graceMs, pollMs, onProgress }: { graceMs: number; pollMs: number; onProgress: (line: string) => void },
): Promise<SessionGroup[]> {
  const untilMs = performance.now() + graceMs
  let told = ''
  for (;;) {
    const left = await sessionsOf(client, login)
    if (left.length === 0 || performance.now() >= untilMs) return left
    const who = left.map(({ application, sessions }) => `${application || 'unnamed'} (${sessions})`).join(', ')
    if (who !== told) onProgress(`still on ${login}: ${who}`)
    told = who
    await setTimeout(pollMs)
  }
}

/** Last look before the old login is closed: what the store gives out must work now. */
async function retire({ admin, store }: RotationOptions, { from, to }: Direction): Promise<void> {
  const current = await store.read()
  if (current.user !== to || !(await canLogIn(admin, to, current.password)))
    throw new DbopsError(
      'INTEGRITY',
      `${store.name} no longer gives out a login of ${to} that works, so ${from} is not closed`,
    )
  await withServer(admin, (client) => closeLogin(client, from))
}

/** Sets the verifier, never the password, so that no log and no statistics can hold it. */
async function openLogin(client: ServerClient, login: string, password: Secret): Promise<void> {
  await client.query(
    `alter role ${quoteName(login)} login password ${quoteText(scramVerifier(password))} valid until 'infinity'`,
  )
}

/** No login, a password nobody knows, no session. */
async function closeLogin(client: ServerClient, login: string): Promise<void> {
  await client.query(`alter role ${quoteName(login)} nologin password ${quoteText(scramVerifier(generatePassword()))}`)
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [login])
}

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

async function requireLogin(
  admin: ConnectionParameters,
  user: string,
  password: Secret,
  reason: string,
): Promise<void> {
  if (!(await canLogIn(admin, user, password))) throw new DbopsError('INTEGRITY', reason)
}

/** Gives the old login a new password, publishes it, and closes the one that was rotated to. */
export async function rollBackRotation(options: RotationOptions, journal: Journal): Promise<RotationResult> {
  const { from, to } = journal.entry.payload as RotationPayload
  const { admin, store } = options
  const password = generatePassword()
  await withServer(admin, (client) => openLogin(client, from, password))
  await requireLogin(admin, from, password, `${from} cannot be opened again`)
  await store.write({ user: from, password })
  const version = await confirmPublished(options, { from: to, to: from })
  const terminated = await withServer(admin, (client) =>
    drained(client, to, {
      graceMs: options.graceMs ?? 300_000,
      pollMs: options.pollMs ?? 250,
      onProgress: options.onProgress ?? (() => {}),
    }),
  )
  await retire(options, { from: to, to: from })
  return { from: to, to: from, version, terminated }
}
