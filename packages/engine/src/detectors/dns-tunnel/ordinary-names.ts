/**
 * Services that are asked by names made of addresses or digests, by design: block lists, and the look-ups of mail filters and virus
 * scanners. They belong to their operators, who give out no names below them.
 */
const lookupZones = [
  'abuse.ch',
  'abuseat.org',
  'backscatterer.org',
  'barracudacentral.org',
  'cymru.com',
  'dnswl.org',
  'e5.sk',
  'habeas.com',
  'mailspike.net',
  'mcafee.com',
  'msrbl.net',
  'njabl.org',
  'sbl-xbl.org',
  'senderscore.com',
  'senderbase.org',
  'sophosxl.net',
  'sorbs.net',
  'spamcop.net',
  'spamhaus.net',
  'spamhaus.org',
  'spameatingmonkey.net',
  'support-intelligence.net',
  'surbl.org',
  'surriel.com',
  'trendmicro.com',
  'uribl.com',
  'webcfs00.com',
] as const

const lookups: ReadonlySet<string> = new Set(lookupZones)
/** Domains whose names are not registered by anybody. */
const LOCAL = /(?:^|\.)(?:arpa|local|localdomain|localhost|internal|lan|home|corp|invalid|test|onion)$/
/** Only bytes of an address: octets of IPv4 or nibbles of IPv6, in whatever order. */
const ADDRESS = /^(?:[0-9a-f]\.){15,}[0-9a-f]$|^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/

/** True for names that are long or random for a known reason, so that they say nothing of a tunnel. */
export function isOrdinaryName(domain: string, subdomain: string): boolean {
  return subdomain === '' || lookups.has(domain) || LOCAL.test(domain) || ADDRESS.test(subdomain)
}
