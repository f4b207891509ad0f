import { readFileSync } from 'node:fs'
import type { Check } from '../command/outcome.ts'
import { readYaml } from '../config.ts'
import { DbopsError } from '../errors.ts'

/** A failure that somebody answers for until a day. */
export interface Waiver {
  readonly id: string
  readonly reason: string
  readonly owner: string
  /** YYYY-MM-DD; the last day it holds. */
  readonly expires: string
}

/** Reads `waivers: [{id, reason, owner, expires}]`. @throws {DbopsError} CONFIG_INVALID */
export function readWaivers(path: string): Waiver[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('CONFIG_INVALID', `${path} cannot be read`, { cause })
  }
  const { waivers } = readYaml(text, path)
  if (!Array.isArray(waivers)) throw new DbopsError('CONFIG_INVALID', `${path}: waivers is no list`)
  return waivers.map((one: Record<string, unknown>, index) => {
    for (const key of ['id', 'reason', 'owner', 'expires'] as const) {
      if (typeof one?.[key] !== 'string' || one[key] === '')
        throw new DbopsError('CONFIG_INVALID', `${path}: waiver ${index + 1} has no ${key}`)
    }
    const waiver = one as unknown as Waiver
    if (!/^\d{4}-\d{2}-\d{2}$/.test(waiver.expires))
      throw new DbopsError('CONFIG_INVALID', `${path}: ${waiver.id} expires on no day (YYYY-MM-DD)`)
    return waiver
  })
}

/** Failures with a waiver that holds become `waived`; one that has expired says so and fails. */
export function applyWaivers(checks: readonly Check[], waivers: readonly Waiver[], now: Date): Check[] {
  const today = now.toISOString().slice(0, 10)
  return checks.map((check) => {
    const waiver = waivers.find(({ id }) => id === check.id)
    if (waiver === undefined || check.verdict !== 'fail') return check
    const { owner, expires, reason } = waiver
    if (expires < today)
      return { ...check, evidence: `${check.evidence}; the waiver of ${owner} expired on ${expires}` }
    return { ...check, verdict: 'waived' as const, evidence: `${check.evidence}; ${owner} until ${expires}: ${reason}` }
  })
}
