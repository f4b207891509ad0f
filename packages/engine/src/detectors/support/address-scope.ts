/**
 * Where an address can be reached from: `inside` a site or a carrier (RFC 1918, RFC 6598, RFC 4193), on one `link` (RFC 3927,
 * RFC 4291 §2.5.6), in one `host` (loopback, unspecified), a `group` (multicast, broadcast), or from `outside`. Documentation and
 * benchmark ranges stand for public addresses wherever they are used, so they are outside.
 */
export type AddressScope = 'inside' | 'link' | 'host' | 'group' | 'outside'

export function addressScope(address: string): AddressScope {
  if (!address.includes(':')) return scopeV4(address)
  if (address.startsWith('::ffff:') && address.includes('.')) return scopeV4(address.slice(7))
  if (address === '::' || address === '::1') return 'host'
  const colon = address.indexOf(':')
  const first = colon === 0 ? 0 : Number.parseInt(address.slice(0, colon), 16)
  if (first >= 0xff00) return 'group'
  if ((first & 0xffc0) === 0xfe80) return 'link'
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return 'inside'
  return 'outside'
}

/** True for addresses of this site: an attacker there is already in. */
export function isInside(address: string): boolean {
  const scope = addressScope(address)
  return scope === 'inside' || scope === 'link'
}

/** True for addresses that the whole Internet can reach. */
export function isOutside(address: string): boolean {
  return addressScope(address) === 'outside'
}

/**
 * True when packets from `source` to `target` leave the site: the target is outside and has another prefix than the source, of 24 bits
 * (IPv4) or 48 (IPv6), as networks without private addresses have.
 */
export function leavesSite(source: string, target: string): boolean {
  return isOutside(target) && sitePrefix(source) !== sitePrefix(target)
}

/** True when the address is no single host: multicast or broadcast. */
export function isGroup(address: string): boolean {
  return addressScope(address) === 'group'
}

function sitePrefix(address: string): string {
  if (!address.includes(':')) return address.slice(0, address.lastIndexOf('.'))
  const groups = address.slice(0, address.indexOf('::') < 0 ? address.length : address.indexOf('::')).split(':')
  return [groups[0], groups[1] ?? '0', groups[2] ?? '0'].join(':')
}

function scopeV4(address: string): AddressScope {
  const dot = address.indexOf('.')
  const a = Number(address.slice(0, dot))
  const b = Number(address.slice(dot + 1, address.indexOf('.', dot + 1)))
  // a subnet's own broadcast address cannot be told without its mask; one that ends in .255 nearly always is one
  if (a >= 224 || address.endsWith('.255')) return 'group'
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128))
    return 'inside'
  if (a === 169 && b === 254) return 'link'
  if (a === 127 || a === 0) return 'host'
  return 'outside'
}
