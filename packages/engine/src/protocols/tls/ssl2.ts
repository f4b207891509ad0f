import { type ClientHello, emptyClientHello } from './client-hello.ts'
import { VectorReader } from './vector-reader.ts'
import { TlsVersion } from './version-names.ts'

const CLIENT_HELLO = 1
const MAX_MESSAGE_TYPE = 8

/** True when the three bytes at `start` can begin an SSL 2.0 record: two-byte header, known message type (RFC 6101 §E). */
export function isSsl2Record(bytes: Uint8Array, start: number): boolean {
  return bytes[start] >= 0x80 && bytes[start + 2] <= MAX_MESSAGE_TYPE
}

/** Length of the SSL 2.0 record at `start` with its header, 2 … 32769. */
export function ssl2RecordLength(bytes: Uint8Array, start: number): number {
  return 2 + (((bytes[start] & 0x7f) << 8) | bytes[start + 1])
}

/**
 * Reads the ClientHello of SSL 2.0, which clients of SSL 3.0 and TLS 1.0 sent too in order to be understood (RFC 5246 §E.2).
 * @returns null when the record is another message or its version is none a client would offer.
 */
export function parseSsl2ClientHello(bytes: Uint8Array, start: number, end: number): ClientHello | null {
  if (bytes[start + 2] !== CLIENT_HELLO) return null
  const reader = new VectorReader(bytes, start + 3, end)
  const version = reader.integer(2)
  if (version !== TlsVersion.ssl2 && (version < TlsVersion.ssl3 || version > TlsVersion.tls13)) return null
  const cipherSuites: number[] = []
  const suitesLength = reader.integer(2)
  reader.skip(4)
  const suitesEnd = Math.min(reader.position + suitesLength, reader.end)
  while (suitesEnd - reader.position >= 3) cipherSuites.push(reader.integer(3))
  const isCut = reader.hasEnded || reader.position + (suitesLength % 3) > reader.end
  return { ...emptyClientHello(), legacyVersion: version, cipherSuites, stoppedAt: isCut ? 'cipher suites' : null }
}
