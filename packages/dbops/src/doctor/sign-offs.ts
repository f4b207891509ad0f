import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import type { Waiver } from './waivers.ts'

/** Somebody answers for a manual item, or for a failure, until a day. */
export interface SignOff extends Waiver {
  readonly signedAt: string
}

const MOST_DAYS = 366

/** Those that were given on this machine, the newest of each id. @throws {DbopsError} STATE_UNREADABLE */
export function readSignOffs(stateFolder: string): SignOff[] {
  const path = fileOf(stateFolder)
  if (!existsSync(path)) return []
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (Array.isArray(found)) return found as SignOff[]
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`, { cause })
  }
  throw new DbopsError('STATE_UNREADABLE', `${path} is damaged`)
}

/** Keeps a sign-off in place of an earlier one. @throws {DbopsError} USAGE without a day of the coming year, who, and why */
export function addSignOff(stateFolder: string, signOff: Waiver, now: Date): SignOff {
  const { id, owner, reason, expires } = signOff
  const today = now.toISOString().slice(0, 10)
  const last = new Date(now.getTime() + MOST_DAYS * 86_400_000).toISOString().slice(0, 10)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || expires < today || expires > last)
    throw new DbopsError('USAGE', `--until "${expires}" is no day from ${today} to ${last} (YYYY-MM-DD)`)
  if (owner.trim() === '' || reason.trim() === '') throw new DbopsError('USAGE', 'a sign-off needs a name and a reason')
  const given: SignOff = { id, owner, reason, expires, signedAt: now.toISOString() }
  const others = readSignOffs(stateFolder).filter((one) => one.id !== id)
  privateFolder(join(stateFolder, 'doctor'))
  atomicWrite(fileOf(stateFolder), `${JSON.stringify([...others, given], null, 2)}\n`)
  return given
}

function fileOf(stateFolder: string): string {
  return join(stateFolder, 'doctor', 'sign-offs.json')
}
