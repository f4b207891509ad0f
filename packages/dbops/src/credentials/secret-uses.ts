import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'

/** Which value is used where, by keyed fingerprints: nobody learns a value from the file. */
interface UsesFile {
  readonly key: string
  /** Fingerprint by use. */
  readonly uses: Readonly<Record<string, string>>
}

/** Other uses of the same value; a secret of its own has none. @throws {DbopsError} STATE_UNREADABLE */
export function otherUses(stateFolder: string, secret: Secret, use: string): string[] {
  const file = readUses(stateFolder)
  const mac = macOf(file, secret)
  return Object.entries(file.uses).flatMap(([other, one]) => (other !== use && one === mac ? [other] : []))
}

/** Remembers what a use has from now on. */
export function keepUse(stateFolder: string, secret: Secret, use: string): void {
  const file = readUses(stateFolder)
  const uses = { ...file.uses, [use]: macOf(file, secret) }
  atomicWrite(join(privateFolder(stateFolder), NAME), `${JSON.stringify({ key: file.key, uses })}\n`)
}

const NAME = 'secret-uses.json'

function macOf({ key }: UsesFile, secret: Secret): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(secret.reveal()).digest('hex')
}

function readUses(stateFolder: string): UsesFile {
  const path = join(stateFolder, NAME)
  if (!existsSync(path)) return { key: randomBytes(32).toString('hex'), uses: {} }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as UsesFile
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} cannot be read`, { cause })
  }
}
