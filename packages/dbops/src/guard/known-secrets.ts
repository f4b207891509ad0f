import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import type { KnownSecrets } from './scan-text.ts'

interface KnownFile {
  readonly key: string
  readonly secrets: readonly { readonly mac: string; readonly length: number; readonly sum: number }[]
}

const SHORTEST = 8

/** Secrets in use, as keyed fingerprints in the state folder: the guard recognises them without knowing them; null when there are none. */
export function readKnownSecrets(stateFolder: string): KnownSecrets | null {
  const path = join(stateFolder, 'known-secrets.json')
  if (!existsSync(path)) return null
  const { key, secrets } = JSON.parse(readFileSync(path, 'utf8')) as KnownFile
  const sums = new Map<number, Set<number>>()
  for (const { length, sum } of secrets) sums.set(length, (sums.get(length) ?? new Set()).add(sum))
  return { key: Buffer.from(key, 'hex'), macs: new Set(secrets.map(({ mac }) => mac)), sums }
}

/** Adds a secret to those the guard recognises. @throws {DbopsError} SECRET_INVALID for one so short that chance would find it everywhere */
export function addKnownSecret(stateFolder: string, secret: Secret): void {
  const value = secret.reveal()
  if (value.length < SHORTEST)
    throw new DbopsError('SECRET_INVALID', `a secret of ${value.length} characters would be found by chance`)
  const known = readKnownSecrets(stateFolder)
  const key = known?.key ?? randomBytes(32)
  const path = join(privateFolder(stateFolder), 'known-secrets.json')
  const before = known === null ? [] : (JSON.parse(readFileSync(path, 'utf8')) as KnownFile).secrets
  const mac = createHmac('sha256', key).update(value).digest('hex')
  const secrets = [...before.filter((one) => one.mac !== mac), { mac, length: value.length, sum: sumOf(value) }]
  atomicWrite(path, `${JSON.stringify({ key: key.toString('hex'), secrets })}\n`)
}

function sumOf(value: string): number {
  let sum = 0
  for (let index = 0; index < value.length; index++) sum += value.charCodeAt(index)
  return sum & 255
}
