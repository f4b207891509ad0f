import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { ClientOffer } from './client-offer.ts'
import { DigestCache } from './digest-cache.ts'
import { ExtensionType } from './extensions.ts'
import { isGrease } from './grease.ts'

/** Where the hello was seen: `t` TLS over TCP, `q` QUIC. */
export type Ja4Transport = 't' | 'q'

const NO_VALUES = '000000000000'
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const sha256Texts = new DigestCache((text) => bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12))

const versionCodes = new Map<number, string>([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0200, 's2'],
  [0x0002, 's2'],
  [0x0100, 's1'],
])

/** JA4 fingerprint of a TLS client (FoxIO, BSD-3), e.g. `t13d1516h2_8daaf6152771_e5627efa2ab1`. GREASE never counts. */
export function ja4(hello: ClientOffer, transport: Ja4Transport): string {
  const [prefix, suites, rest] = ja4Parts(hello, transport)
  return `${prefix}_${hash12(suites)}_${hash12(rest)}`
}

/** The same before hashing: prefix, sorted cipher suites, sorted extensions with the signature algorithms behind them. */
export function ja4Text(hello: ClientOffer, transport: Ja4Transport): string {
  return ja4Parts(hello, transport).join('_')
}

function ja4Parts(hello: ClientOffer, transport: Ja4Transport): [string, string, string] {
  const suites = withoutGrease(hello.cipherSuites)
  const extensions = withoutGrease(hello.extensions)
  const prefix =
    transport +
    versionCode(hello) +
    (extensions.includes(ExtensionType.serverName) ? 'd' : 'i') +
    count(suites) +
    count(extensions) +
    alpnCode(hello.alpn)
  const hashed = extensions.filter((type) => type !== ExtensionType.serverName && type !== ExtensionType.alpn)
  const algorithms = listed(withoutGrease(hello.signatureAlgorithms))
  const rest = sortedHex(hashed)
  return [prefix, sortedHex(suites), algorithms === '' ? rest : `${rest}_${algorithms}`]
}

function versionCode(hello: ClientOffer): string {
  const offered = withoutGrease(hello.supportedVersions)
  const version = offered.length > 0 ? Math.max(...offered) : (hello.legacyVersion ?? 0)
  return versionCodes.get(version) ?? '00'
}

/** First and last character of the first protocol; of its hex digits when one of the two is neither letter nor digit. */
function alpnCode(alpn: readonly string[]): string {
  const name = alpn[0] ?? ''
  if (name === '') return '00'
  const first = name[0]
  const last = name[name.length - 1]
  if (isAlphanumeric(first) && isAlphanumeric(last)) return first + last
  return hex2(first)[0] + hex2(last)[1]
}

function isAlphanumeric(character: string): boolean {
  return /^[0-9A-Za-z]$/.test(character)
}

function withoutGrease(values: readonly number[]): number[] {
  return values.filter((value) => !isGrease(value))
}

function count(values: number[]): string {
  return String(Math.min(values.length, 99)).padStart(2, '0')
}

function sortedHex(values: number[]): string {
  return listed(Uint16Array.from(values).sort())
}

function listed(values: ArrayLike<number>): string {
  let text = ''
  for (let i = 0; i < values.length; i++) text += `${i > 0 ? ',' : ''}${HEX[values[i] >>> 8]}${HEX[values[i] & 255]}`
  return text
}

function hex2(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0')
}

function hash12(text: string): string {
  return text === '' ? NO_VALUES : sha256Texts.of(text)
}
