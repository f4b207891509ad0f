import { md5 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { ClientOffer } from './client-offer.ts'
import { DigestCache } from './digest-cache.ts'
import { isGrease } from './grease.ts'

const md5Texts = new DigestCache((text) => bytesToHex(md5(utf8ToBytes(text))))

/** The text JA3 is computed from: version, cipher suites, extensions, groups and point formats in decimal, GREASE left out. */
export function ja3Text(hello: ClientOffer): string {
  return [
    String(hello.legacyVersion ?? 0),
    joined(hello.cipherSuites),
    joined(hello.extensions),
    joined(hello.groups),
    hello.pointFormats.join('-'),
  ].join(',')
}

/** JA3 fingerprint of a TLS client (Althouse, Atkinson, Atkins; BSD-3): MD5 in 32 hex digits. */
export function ja3(hello: ClientOffer): string {
  return md5Texts.of(ja3Text(hello))
}

function joined(values: readonly number[]): string {
  return values.filter((value) => !isGrease(value)).join('-')
}
