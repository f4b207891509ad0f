import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { runReloadHooks } from '../hooks.ts'
import type { Journal } from '../state/journal.ts'
import { adminOf, agreeWithStore, changeBoth, type SingleRotationOptions, step } from './change-in-place.ts'
import type { LoginProof } from './login-proof.ts'
import { drained, endSessions, patienceOf } from './open-and-shut.ts'
import { proofOf, requireSafeOrder, requireWayBack } from './privileged-login.ts'
import type { RotationResult } from './rotation.ts'
import { requireSingleLogin } from './rotation-facts.ts'

/** What a resumed rotation has to know; no secret. */
export interface SingleRotationPayload {
  readonly login: string
  readonly versionBefore: string
  readonly proof: LoginProof
}

/**
 * @throws {DbopsError} REFUSED when the store gives out another login, or a password that does not work already; for a superuser that was
 * not allowed; where a new password could not be proven, or be the loss of the last way in
 */
export async function planSingleRotation(options: SingleRotationOptions): Promise<SingleRotationPayload> {
  const { login, store } = options
  const { user, password, version } = await store.read()
  if (user !== login) throw new DbopsError('REFUSED', `${store.name} gives out ${user}, not ${login}`)
  return await withServer(await adminOf(options), async (client) => {
    const power = await requireSingleLogin(client, login)
    const proof = await proofOf(options, password, power)
    await requireWayBack(options, client, power, proof)
    return { login, versionBefore: version, proof }
  })
}

/**
 * Gives one login a new password, in place. PostgreSQL keeps one password per role, so new sessions are refused between the two changes;
 * to keep that short the change of the role waits, tried and not yet committed, while the provider is written and read back. What fails
 * is undone: provider and role have the old password again.
 * @throws {DbopsError} after undoing; the journal has the step `undo` when that was proven
 */
export async function rotateSingle(given: SingleRotationOptions, journal: Journal): Promise<RotationResult> {
  const options = { ...given, proof: proofIn(journal) }
  requireSafeOrder(options)
  const { login, store } = options
  const admin = await adminOf(options)
  const old = await store.read()
  // a rotation that stopped on the way: the password it made is gone, and what the provider gives out decides
  if (journal.entry.steps.length > 0) await withServer(admin, (client) => agreeWithStore(options, client))
  else await withServer(admin, (client) => changeBoth(options, journal, client, old))
  const { version } = await store.read()
  if (version === (journal.entry.payload as SingleRotationPayload).versionBefore) {
    await journal.step('undo', () => {})
    throw new DbopsError('REFUSED', `nothing was published: ${login} keeps its password, which works`, {
      hint: 'rotate again',
    })
  }
  const failedHooks = await step(options, journal, 'reload', () =>
    runReloadHooks(options.hooks ?? [], patienceOf(options).onProgress),
  )
  const terminated = await step(options, journal, 'end', () => endOld({ ...options, admin }, journal))
  return { from: login, to: login, version, terminated, failedHooks }
}

/** Sessions from before the change; those of a resumed rotation are told by the time of the resumption. */
async function endOld(options: SingleRotationOptions, journal: Journal): Promise<RotationResult['terminated']> {
  const { login, isOldEnded = false } = options
  if (!isOldEnded) return []
  const patience = { ...patienceOf(options), settleMs: 0 }
  const { at: before = new Date().toISOString() } = (journal.dataOf('switch') ?? {}) as { at?: string }
  return await withServer(options.admin, async (client) => {
    const left = await drained(client, login, patience, before)
    await endSessions(client, login, before)
    return left
  })
}

/** Goes back to the password that worked before, where the provider can still tell it. @throws {DbopsError} REFUSED */
export async function rollBackSingle(given: SingleRotationOptions, journal: Journal): Promise<RotationResult> {
  const options = { ...given, proof: proofIn(journal) }
  const { login, store } = options
  // before the store changes: from then on until both agree, the login that does the work could not come in a second time
  await withServer(await adminOf(options, journal), async (client) => {
    await publishFormer(options, journal)
    await agreeWithStore(options, client)
  })
  const { version } = await store.read()
  return { from: login, to: login, version, terminated: [], failedHooks: [] }
}

async function publishFormer({ login, store }: SingleRotationOptions, journal: Journal): Promise<void> {
  const { versionBefore } = journal.entry.payload as SingleRotationPayload
  const { version: versionNow } = await store.read()
  if (versionNow === versionBefore) return
  if (store.readVersion === undefined)
    throw new DbopsError('REFUSED', `${store.name} keeps no former password`, {
      hint: 'rotate again: the new password is as good as the one before',
    })
  const { password } = await store.readVersion(versionBefore)
  await journal.step('replace', () => ({ version: versionNow }))
  await store.write({ user: login, password })
}

/** As the plan found it; journals of older versions do not tell. */
function proofIn(journal: Journal): LoginProof {
  return (journal.entry.payload as Partial<SingleRotationPayload>).proof ?? 'session'
}
