import { createHmac, timingSafeEqual } from 'node:crypto'

/** A key that a file of known hosts holds for a host. */
export interface KnownKey {
  /** `ssh-ed25519` and the like. */
  readonly type: string
  /** As it is sent in the handshake. */
  readonly key: Buffer
  readonly isRevoked: boolean
}

/** The keys of a host in the format of OpenSSH (sshd(8)): names, `[host]:port`, patterns, and hashed names. Authorities are passed over. */
export function knownKeys(text: string, host: string, port: number): KnownKey[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
  return text.split('\n').flatMap((line): KnownKey[] => {
    const words = line.trim().split(/\s+/)
    const marker = words[0].startsWith('@') ? words.shift() : undefined
    const [names = '', type, key] = words
    if (names.startsWith('#') || key === undefined || marker === '@cert-authority') return []
    return isNamed(names, name) ? [{ type, key: Buffer.from(key, 'base64'), isRevoked: marker === '@revoked' }] : []
  })
}

function isNamed(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return isHashOf(names, name)
  const patterns = names.toLowerCase().split(',')
  const isMatched = (pattern: string): boolean => asRegExp(pattern).test(name)
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && isMatched(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && isMatched(pattern.slice(1)))
  )
}

function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|')
  const expected = Buffer.from(hash, 'base64')
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === found.length && timingSafeEqual(expected, found)
}

function asRegExp(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
