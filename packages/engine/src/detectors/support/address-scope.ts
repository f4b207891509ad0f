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

/**
 * True when packets from `source` to `target` leave the site: the target is outside and has another prefix than the source, of 24 bits
 * (IPv4) or 48 (IPv6), as networks without private addresses have.
 */
export function leavesSite(source: string, target: string): boolean {
  return addressScope(target) === 'outside' && !haveSamePrefix(source, target)
}

/** True when the address is no single host: multicast or broadcast. */
export function isGroup(address: string): boolean {
  return addressScope(address) === 'group'
}

function haveSamePrefix(a: string, b: string): boolean {
  const isV4 = !a.includes(':')
  if (isV4 === b.includes(':')) return false
  if (isV4) {
    const length = a.lastIndexOf('.') + 1
    return length === b.lastIndexOf('.') + 1 && a.startsWith(b.slice(0, length))
  }
  return sitePrefixV6(a) === sitePrefixV6(b)
}

/** The first three groups of an IPv6 address, 48 bits. */
function sitePrefixV6(address: string): number {
  let prefix = 0
  let group = 0
  let left = 3
  for (let at = 0; left > 0; at++) {
    const unit = address.charCodeAt(at)
    if (unit !== COLON) {
      group = group * 16 + (unit <= NINE ? unit - ZERO : unit - LOWER_A + 10)
      continue
    }
    prefix = prefix * GROUPS + group
    group = 0
    left--
    if (address.charCodeAt(at + 1) === COLON) return prefix * GROUPS ** left
  }
  return prefix
}

function scopeV4(address: string): AddressScope {
  const a = octetAt(address, 0)
  const b = octetAt(address, address.indexOf('.') + 1)
  // a subnet's own broadcast address cannot be told without its mask; one that ends in .255 nearly always is one
  if (a >= 224 || address.endsWith('.255')) return 'group'
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128))
    return 'inside'
  if (a === 169 && b === 254) return 'link'
  return a === 127 || a === 0 ? 'host' : 'outside'
}

function octetAt(address: string, start: number): number {
  let value = 0
  for (let at = start; address.charCodeAt(at) !== DOT && at < address.length; at++) {
    value = value * 10 + address.charCodeAt(at) - ZERO
  }
  return value
}

const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const LOWER_A = 0x61
/** Values of a group of an IPv6 address. */
const GROUPS = 2 ** 16
