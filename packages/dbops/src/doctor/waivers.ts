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

/**
 * Failures that somebody answers for become `waived`, manual items that somebody signed for pass; an answer whose day is over says so and
 * the check fails.
 */
export function applyWaivers(checks: readonly Check[], waivers: readonly Waiver[], now: Date): Check[] {
  const today = now.toISOString().slice(0, 10)
  return checks.map((check) => {
    const waiver = waivers.find(({ id }) => id === check.id)
    if (waiver === undefined || (check.verdict !== 'fail' && check.verdict !== 'manual')) return check
    const { owner, expires, reason } = waiver
    const isManual = check.verdict === 'manual'
    const said = isManual ? 'signed' : check.evidence
    if (expires < today)
      return { ...check, verdict: 'fail', evidence: `${said}; the answer of ${owner} expired on ${expires}` }
    return {
      ...check,
      verdict: isManual ? 'pass' : 'waived',
      evidence: `${said}; ${owner} until ${expires}: ${reason}`,
    }
  })
}
