import { DbopsError } from '../errors.ts'
import type { HealthCheck } from './health.ts'

/** From where on a number is a warning, and from where on a failure; of days that are left, the lower is the worse. */
export interface Limit {
  readonly warn: number
  readonly fail: number
}

/** Limits of the checks, by their names. */
export const defaultLimits: Readonly<Record<string, Limit>> = {
  database: { warn: 100, fail: 1000 },
  connections: { warn: 0.8, fail: 0.9 },
  oldestTransaction: { warn: 300, fail: 3600 },
  transactionNumbers: { warn: 0.5, fail: 0.8 },
  replicationLag: { warn: 30, fail: 300 },
  backup: { warn: 25, fail: 50 },
  drill: { warn: 31, fail: 62 },
  certificate: { warn: 30, fail: 7 },
  cpu: { warn: 0.8, fail: 0.9 },
  memory: { warn: 0.8, fail: 0.9 },
  disk: { warn: 0.85, fail: 0.95 },
  log: { warn: 1, fail: 20 },
}

export type Limits = Readonly<Record<string, Limit>>

/** The limits with those that were given as `disk=0.7,0.9`. @throws {DbopsError} USAGE */
export function limitsWith(given: readonly string[]): Limits {
  const limits: Record<string, Limit> = { ...defaultLimits }
  for (const text of given) {
    const match = /^(\w+)=(-?[\d.]+),(-?[\d.]+)$/.exec(text)
    if (match === null || !(match[1] in defaultLimits))
      throw new DbopsError('USAGE', `--limit "${text}" is not NAME=WARN,FAIL`, {
        hint: `names are ${Object.keys(defaultLimits).join(', ')}`,
      })
    limits[match[1]] = { warn: Number(match[2]), fail: Number(match[3]) }
  }
  return limits
}

/** Judges a number. */
export function graded(value: number, limit: Limit, message: string): HealthCheck {
  const isDescending = limit.fail < limit.warn
  const isPast = (edge: number): boolean => (isDescending ? value < edge : value >= edge)
  const observed = Number(value.toFixed(3))
  if (isPast(limit.fail)) return { status: 'fail', observed, threshold: limit.fail, message, limit }
  if (isPast(limit.warn)) return { status: 'warn', observed, threshold: limit.warn, message, limit }
  return { status: 'pass', observed, threshold: limit.warn, limit }
}
