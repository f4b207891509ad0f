import { setTimeout } from 'node:timers/promises'
import { generateSecret, type SecretKind } from '../credentials/generate-key.ts'
import { HashicorpVault } from '../credentials/hashicorp-vault.ts'
import type { SecretProvider, VersionedSecret } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { runReloadHooks } from '../hooks.ts'
import type { Secret } from '../secret.ts'
import type { Journal } from '../state/journal.ts'
import type { RotationResult } from './rotation.ts'
import { toldStep } from './told-step.ts'

/** A key by which an application signs or seals, and the place of the one before, which it still accepts for a while. */
export interface AppKeyRotationOptions {
  readonly provider: SecretProvider
  readonly name: string
  readonly previousName: string
  /** How the new key is written; base64url, 256 bits. */
  readonly kind?: SecretKind
  /** How long the provider may take to give back what was written; 10 s. */
  readonly rereadMs?: number
  readonly pollMs?: number
  /** Shell commands that make the application read both keys again. */
  readonly hooks?: readonly string[]
  readonly onProgress?: (line: string) => void
  /** Told the new key when the provider gives it out, so that the guard knows it. */
  readonly onPublished?: (key: Secret) => void
  /** Tells when a step has begun; tests fail there. */
  readonly onStep?: (step: AppKeyStep, moment: 'before' | 'after') => void
}

export const appKeySteps = ['keep', 'make', 'publish', 'confirm', 'reload'] as const
export type AppKeyStep = (typeof appKeySteps)[number]

/** What a resumed rotation has to know; no secret. */
export interface AppKeyPayload {
  readonly previousName: string
  readonly versionBefore: string
  readonly fingerprintBefore: string
}

/** @throws {DbopsError} SECRET_MISSING without a key to rotate, REFUSED when writing would overwrite it or what lies beside it */
export async function planAppKey({ provider, name, previousName }: AppKeyRotationOptions): Promise<AppKeyPayload> {
  if (placeOf(name) === placeOf(previousName))
    throw new DbopsError('REFUSED', `${previousName} lies where ${name} lies: the key before needs a place of its own`)
  if (provider instanceof HashicorpVault) await requireAlone(provider, name)
  const { value, version } = await provider.read(name)
  return { previousName, versionBefore: version, fingerprintBefore: value.fingerprint() }
}

/**
 * Keeps the key in use under its second name, proven by reading it back, before a new one takes its place: at every moment the provider
 * gives out the key by which anything was signed or sealed last. Every step may be run again.
 * @throws {DbopsError} after undoing what was published, when the provider does not give it back; the journal then has the step `undo`
 */
export async function rotateAppKey(options: AppKeyRotationOptions, journal: Journal): Promise<RotationResult> {
  const { name, previousName, hooks = [], onProgress = () => {} } = options
  if (!journal.isDone('make')) await keepAndPublish(options, journal)
  const { version, lost } = await toldStep(options, journal, 'confirm', () => confirm(options, journal))
  onProgress(`${name} is a new key; the one before is kept as ${previousName}`)
  const failedHooks = await toldStep(options, journal, 'reload', () => runReloadHooks(hooks, onProgress))
  return resultOf(options, version, [...lost, ...failedHooks])
}

/** The last look: what is given out now, and whether the key before is still where the application looks for it. */
async function confirm(options: AppKeyRotationOptions, journal: Journal): Promise<{ version: string; lost: string[] }> {
  const { provider, name, previousName, onPublished = () => {} } = options
  const { fingerprintBefore } = journal.entry.payload as AppKeyPayload
  const { value, version } = await requirePublished(options, journal)
  onPublished(value)
  const previous = await provider.read(previousName)
  if (previous.value.fingerprint() === fingerprintBefore) return { version, lost: [] }
  return { version, lost: [`${previousName} no longer is the key before ${name}: somebody else wrote it`] }
}

/** The new key lives only in memory until it is published. */
async function keepAndPublish(options: AppKeyRotationOptions, journal: Journal): Promise<void> {
  const { provider, name, previousName, kind = 'base64url' } = options
  const { fingerprintBefore } = journal.entry.payload as AppKeyPayload
  const old = await provider.read(name)
  if (old.value.fingerprint() !== fingerprintBefore) {
    await journal.step('undo', () => {})
    throw new DbopsError('REFUSED', `${name} of ${provider.name} was changed by somebody else`, {
      hint: 'rotate again if it still has to be',
    })
  }
  await toldStep(options, journal, 'keep', () => writeAndReread(options, previousName, old.value))
  const { secret } = generateSecret(kind)
  await toldStep(options, journal, 'make', async () => ({ fingerprint: secret.fingerprint() }))
  try {
    await toldStep(options, journal, 'publish', () => writeAndReread(options, name, secret))
  } catch (error) {
    await journal.step('undo', async () => {
      const given = await provider.read(name)
      // a provider that took the write and did not say so, or is about to show it
      if (given.value.fingerprint() !== fingerprintBefore || given.version !== old.version)
        await writeAndReread(options, name, old.value)
    })
    throw error
  }
}

/** The provider decides, also after a crash. @throws {DbopsError} REFUSED when it gives out another key than the one that was made */
async function requirePublished({ provider, name }: AppKeyRotationOptions, journal: Journal): Promise<VersionedSecret> {
  const { fingerprintBefore } = journal.entry.payload as AppKeyPayload
  const given = await provider.read(name)
  const fingerprint = given.value.fingerprint()
  if (fingerprint === madeOf(journal)) return given
  await journal.step('undo', () => {})
  const why = fingerprint === fingerprintBefore ? 'nothing was published' : 'somebody else wrote it meanwhile'
  throw new DbopsError('REFUSED', `${why}: ${name} of ${provider.name} keeps its key`, { hint: 'rotate again' })
}

/** The key before takes its place again, and the newer one is kept under the second name: what it signed stays good. */
export async function rollBackAppKey(options: AppKeyRotationOptions, journal: Journal): Promise<RotationResult> {
  const { provider, name, previousName, hooks = [], onProgress = () => {} } = options
  const { fingerprintBefore } = journal.entry.payload as AppKeyPayload
  const newer = await provider.read(name)
  const given = newer.value.fingerprint()
  if (given === fingerprintBefore) {
    onProgress(`${name} is the key before already`)
    return resultOf(options, newer.version, [])
  }
  if (given !== madeOf(journal))
    throw new DbopsError('REFUSED', `${name} of ${provider.name} was changed after ${journal.entry.id}`)
  const { value } = await keyBefore(options, journal)
  await writeAndReread(options, name, value)
  await writeAndReread(options, previousName, newer.value)
  const { version } = await provider.read(name)
  const failedHooks = await runReloadHooks(hooks, onProgress)
  return resultOf(options, version, failedHooks)
}

/** @throws {DbopsError} REFUSED when neither the second name nor the history of the first has it any more */
async function keyBefore(
  { provider, name, previousName }: AppKeyRotationOptions,
  journal: Journal,
): Promise<VersionedSecret> {
  const { fingerprintBefore, versionBefore } = journal.entry.payload as AppKeyPayload
  for (const read of [() => provider.read(previousName), () => provider.read(name, versionBefore)]) {
    const found = await read().catch(() => null)
    if (found?.value.fingerprint() === fingerprintBefore) return found
  }
  throw new DbopsError('REFUSED', `${provider.name} no longer has the key before ${journal.entry.id}`)
}

/** @throws {DbopsError} INTEGRITY when the provider does not give it back in the time it has */
async function writeAndReread(
  { provider, rereadMs = 10_000, pollMs = 250 }: AppKeyRotationOptions,
  name: string,
  value: Secret,
): Promise<void> {
  await provider.write(name, value)
  const untilMs = performance.now() + rereadMs
  while ((await provider.read(name)).value.reveal() !== value.reveal()) {
    if (performance.now() >= untilMs)
      throw new DbopsError('INTEGRITY', `${provider.name} does not give back what was written as ${name}`)
    await setTimeout(pollMs)
  }
}

/** Vault writes a path as a whole. @throws {DbopsError} REFUSED when other fields would be gone */
async function requireAlone(vault: HashicorpVault, name: string): Promise<void> {
  const fields = await vault.fields(placeOf(name))
  if (fields.length > 1)
    throw new DbopsError('REFUSED', `${placeOf(name)} of ${vault.name} has other fields, which would be lost`, {
      hint: 'give the key a path of its own',
    })
}

function resultOf(
  { provider, name }: AppKeyRotationOptions,
  version: string,
  failedHooks: readonly string[],
): RotationResult {
  const what = `key ${name} of ${provider.name}`
  return { from: what, to: what, version, terminated: [], failedHooks }
}

function madeOf(journal: Journal): string | null {
  return (journal.dataOf('make') as { fingerprint: string } | undefined)?.fingerprint ?? null
}

function placeOf(name: string): string {
  return name.split('#')[0]
}
