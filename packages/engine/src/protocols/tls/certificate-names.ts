import { type DerElement, DerTag, isOid, readDer, readDerList } from './der.ts'

const commonNameOid = [0x55, 0x04, 0x03]
const MAX_NAMES = 256
const DNS_NAME_TAG = 0x82
const IP_ADDRESS_TAG = 0x87
const UTF8_STRING_TAG = 0x0c
const BMP_STRING_TAG = 0x1e

/** Last common name of a distinguished name, the most specific one (RFC 5280 §4.1.2.4); null if it has none. */
export function readCommonName(bytes: Uint8Array, name: DerElement | undefined): string | null {
  if (name?.tag !== DerTag.sequence) return null
  let found: string | null = null
  for (const set of readDerList(bytes, name.contentStart, name.contentEnd, MAX_NAMES)) {
    for (const pair of readDerList(bytes, set.contentStart, set.contentEnd, MAX_NAMES)) {
      const [type, value] = readDerList(bytes, pair.contentStart, pair.contentEnd, 2)
      if (isOid(bytes, type, commonNameOid) && value !== undefined) found = readText(bytes, value)
    }
  }
  return found
}

/** Names a certificate is valid for besides its subject. */
export interface AlternativeNames {
  dnsNames: string[]
  /** IPv4 dotted, IPv6 as RFC 5952 writes it. */
  ipAddresses: string[]
}

/** Reads the content of a subjectAltName extension, at most 256 names (RFC 5280 §4.2.1.6). */
export function readAlternativeNames(bytes: Uint8Array, start: number, end: number): AlternativeNames {
  const names: AlternativeNames = { dnsNames: [], ipAddresses: [] }
  const sequence = readDer(bytes, start, end)
  if (sequence?.tag !== DerTag.sequence) return names
  for (const name of readDerList(bytes, sequence.contentStart, sequence.contentEnd, MAX_NAMES)) {
    if (name.tag === DNS_NAME_TAG) names.dnsNames.push(readText(bytes, name))
    else if (name.tag === IP_ADDRESS_TAG) {
      const address = addressText(bytes.subarray(name.contentStart, name.contentEnd))
      if (address !== null) names.ipAddresses.push(address)
    }
  }
  return names
}

function readText(bytes: Uint8Array, element: DerElement): string {
  const content = bytes.subarray(element.contentStart, element.contentEnd)
  if (element.tag === UTF8_STRING_TAG) return new TextDecoder().decode(content)
  let text = ''
  const step = element.tag === BMP_STRING_TAG ? 2 : 1
  for (let i = step - 1; i < content.length; i += step) {
    text += String.fromCharCode(step === 2 ? (content[i - 1] << 8) | content[i] : content[i])
  }
  return text
}

function addressText(address: Uint8Array): string | null {
  if (address.length === 4) return address.join('.')
  if (address.length !== 16) return null
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) groups.push(((address[i] << 8) | address[i + 1]).toString(16))
  return shortestIpv6(groups)
}

/** Replaces the first longest run of two or more zero groups by `::` (RFC 5952 §4.2). */
function shortestIpv6(groups: string[]): string {
  let bestStart = -1
  let bestLength = 1
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > bestLength) {
      bestStart = start
      bestLength = length
    }
  }
  if (bestStart < 0) return groups.join(':')
  return `${groups.slice(0, bestStart).join(':')}::${groups.slice(bestStart + bestLength).join(':')}`
}
