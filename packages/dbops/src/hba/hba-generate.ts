import { isIP } from 'node:net'
import { DbopsError } from '../errors.ts'

/** A group of clients that may come in. */
export interface HbaClient {
  readonly database: string
  readonly role: string
  readonly cidr: string
  /** Demand a client certificate too. */
  readonly needsCertificate?: boolean
}

/** Reads `database:role:cidr`. @throws {DbopsError} USAGE */
export function readHbaClient(text: string): HbaClient {
  const [database, role, ...rest] = text.split(':')
  const cidr = rest.join(':')
  const [network, prefix] = cidr.split('/')
  const most = isIP(network ?? '') === 6 ? 128 : 32
  if (!database || !role || isIP(network ?? '') === 0 || !/^\d+$/.test(prefix ?? '') || Number(prefix) > most)
    throw new DbopsError('USAGE', `"${text}" is not database:role:network/prefix`)
  return { database, role, cidr }
}

/**
 * Rules that let in who is named and nobody else: the administrator over the socket, clients over TLS with SCRAM, each for its database,
 * role and network; clear text and the rest are rejected.
 */
export function generateHba(clients: readonly HbaClient[], options: { readonly administrator?: string } = {}): string {
  const { administrator = 'postgres' } = options
  const lines = clients.map(({ database, role, cidr, needsCertificate = false }) => {
    const more = needsCertificate ? ' clientcert=verify-full' : ''
    return `hostssl   ${quoted(database)} ${quoted(role)} ${cidr} scram-sha-256${more}`
  })
  return [
    '# TYPE    DATABASE ROLE ADDRESS METHOD',
    `local     all ${quoted(administrator)} peer`,
    'local     all all scram-sha-256',
    'hostnossl all all all reject',
    ...lines,
    'host      all all 0.0.0.0/0 reject',
    'host      all all ::/0 reject',
    '',
  ].join('\n')
}

/** Always quoted: a role may be called "all". */
function quoted(name: string): string {
  return `"${name}"`
}
