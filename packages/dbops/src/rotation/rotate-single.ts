import { withServer } from '../connection/connect.ts'
import { DbopsError } from '../errors.ts'
import { runReloadHooks } from '../hooks.ts'
import type { Journal } from '../state/journal.ts'
import { agreeWithStore, changeBoth, type SingleRotationOptions, step } from './change-in-place.ts'
import { canLogIn } from './login-proof.ts'
import { drained, endSessions, patienceOf } from './open-and-shut.ts'
import type { RotationResult } from './rotation.ts'
import { requireSingleLogin } from './rotation-facts.ts'

/** What a resumed rotation has to know; no secret. */
export interface SingleRotationPayload {
  readonly login: string
  readonly versionBefore: string
}

/** @throws {DbopsError} REFUSED when the store gives out another login, or a password that does not work already */
export async function planSingleRotation({
  admin,
  login,
  store,
}: SingleRotationOptions): Promise<SingleRotationPayload> {
  const { user, password, version } = await store.read()
  if (user !== login) throw new DbopsError('REFUSED', `${store.name} gives out ${user}, not ${login}`)
  await withServer(admin, (client) => requireSingleLogin(client, login))
  if (!(await canLogIn(admin, login, password)))
    throw new DbopsError('REFUSED', `${store.name} gives out a password of ${login} that does not work`, {
      hint: 'nothing could be gone back to: put that right first, dbops cred test tells why',
    })
  return { login, versionBefore: version }
}

/**
 * Gives one login a new password, in place. PostgreSQL keeps one password per role, so new sessions are refused between the two changes;
 * to keep that short the change of the role waits, tried and not yet committed, while the provider is written and read back. What fails
 * is undone: provider and role have the old password again.
 * @throws {DbopsError} after undoing; the journal has the step `undo` when that was proven
 */
export async function rotateSingle(options: SingleRotationOptions, journal: Journal): Promise<RotationResult> {
  const { admin, login, store } = options
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
  const terminated = await step(options, journal, 'end', () => endOld(options, journal))
  return { from: login, to: login, version, terminated, failedHooks }
}

/** Sessions from before the change; those of a resumed rotation are told by the time of the resumption. */
async function endOld(options: SingleRotationOptions, journal: Journal): Promise<RotationResult['terminated']> {
  const { admin, login, store, isOldEnded = false } = options
  if (!isOldEnded) return []
  const patience = { ...patienceOf(options), settleMs: 0 }
  const { at: before = new Date().toISOString() } = (journal.dataOf('switch') ?? {}) as { at?: string }
  const { password } = await store.read()
  const adminNow = admin.user === login ? { ...admin, password } : admin
  return await withServer(adminNow, async (client) => {
    const left = await drained(client, login, patience, before)
    await endSessions(client, login, before)
    return left
  })
}

/** Goes back to the password that worked before, where the provider can still tell it. @throws {DbopsError} REFUSED */
export async function rollBackSingle(options: SingleRotationOptions, journal: Journal): Promise<RotationResult> {
  const { admin, login, store } = options
  const { versionBefore } = journal.entry.payload as SingleRotationPayload
  const { version: versionNow } = await store.read()
  const isUnpublished = versionNow === versionBefore
  if (!isUnpublished) {
    if (store.readVersion === undefined)
      throw new DbopsError('REFUSED', `${store.name} keeps no former password`, {
        hint: 'rotate again: the new password is as good as the one before',
      })
    const { password } = await store.readVersion(versionBefore)
    await store.write({ user: login, password })
  }
  await withServer(admin, (client) => agreeWithStore(options, client))
  const { version } = await store.read()
  return { from: login, to: login, version, terminated: [], failedHooks: [] }
}
