import type { ConnectionParameters } from './connection/parameters.ts'
import { DbopsError } from './errors.ts'

/** What a place is for; production never falls back to anything weak. */
export const environments = ['development', 'test', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

/** @throws {DbopsError} USAGE for a word that is none */
export function readEnvironment(text: string): Environment {
  const found = environments.find((one) => one === text)
  if (found !== undefined) return found
  throw new DbopsError('USAGE', `environment "${text}" is unknown`, { hint: `one of ${environments.join(', ')}` })
}

/**
 * In production a connection is checked for name and chain of its certificate, unless it stays on this machine's socket.
 * @throws {DbopsError} REFUSED
 */
export function requireProductionTls(
  environment: Environment,
  { hosts, sslMode }: ConnectionParameters,
  isWaived: boolean,
): void {
  if (environment !== 'production' || isWaived || sslMode === 'verify-full') return
  if (hosts.every(({ host }) => host.startsWith('/'))) return
  throw new DbopsError('REFUSED', `sslmode ${sslMode} is too weak for production`, {
    hint: 'use sslmode=verify-full and sslrootcert; --waive-tls lets it pass and is written to the operations log',
  })
}
