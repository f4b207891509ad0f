import { joined, text } from './text.ts'

/** What a certificate says; the key and the signature in it are none. */
export interface CertificateStory {
  readonly subject: string
  readonly issuer: string
  /** `260101000000Z`: UTCTime (RFC 5280 §4.1.2.5.1). */
  readonly notBefore: string
  readonly notAfter: string
}

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const CONTEXT_0 = 0xa0
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]
const EC_PUBLIC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
const COMMON_NAME = [0x55, 0x04, 0x03]

/** An X.509 certificate in DER (RFC 5280 §4.1). */
export function certificate({ subject, issuer, notBefore, notAfter }: CertificateStory): Uint8Array {
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256))
  const key = der(
    SEQUENCE,
    der(SEQUENCE, der(OBJECT_IDENTIFIER, EC_PUBLIC_KEY)),
    der(BIT_STRING, new Uint8Array(66).fill(4, 1, 2)),
  )
  const toBeSigned = der(
    SEQUENCE,
    der(CONTEXT_0, der(INTEGER, [2])),
    der(INTEGER, [1, 2, 3, 4]),
    algorithm,
    name(issuer),
    der(SEQUENCE, der(UTC_TIME, text(notBefore)), der(UTC_TIME, text(notAfter))),
    name(subject),
    key,
  )
  return der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, new Uint8Array(72)))
}

function name(commonName: string): Uint8Array {
  const attribute = der(SEQUENCE, der(OBJECT_IDENTIFIER, COMMON_NAME), der(UTF8_STRING, text(commonName)))
  return der(SEQUENCE, der(SET, attribute))
}

/** Tag, length and contents. */
function der(tag: number, ...contents: readonly ArrayLike<number>[]): Uint8Array {
  const body = joined(...contents)
  const { length } = body
  const sizes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return joined([tag, ...sizes], body)
}
