import { TlsVersion } from './version-names.ts'

/** Content types of the record layer (RFC 8446 §5.1, RFC 6520, RFC 9146). */
export const ContentType = Object.freeze({
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
  connectionId: 25,
})

/** Bytes of type, version and length in front of each record. */
export const RECORD_HEADER_LENGTH = 5

/** Handshake message types that are read (RFC 8446 §4). */
export const HandshakeType = Object.freeze({ clientHello: 1, serverHello: 2, certificate: 11, serverKeyExchange: 12 })

/** Bytes of type and length in front of each handshake message. */
export const HANDSHAKE_HEADER_LENGTH = 4

/** True when the five bytes at `start` can begin a record: a known content type and a version up to TLS 1.2, which TLS 1.3 keeps. */
export function isRecordHeader(bytes: Uint8Array, start: number): boolean {
  const type = bytes[start]
  if (type < ContentType.changeCipherSpec || type > ContentType.connectionId) return false
  const version = (bytes[start + 1] << 8) | bytes[start + 2]
  return (version >= TlsVersion.ssl3 && version <= TlsVersion.tls12) || version === TlsVersion.tlcp
}

/** Length of the content of the record that begins at `start`, 0 … 65535. */
export function recordLength(bytes: Uint8Array, start: number): number {
  return (bytes[start + 3] << 8) | bytes[start + 4]
}

const knownHandshakeTypes = new Set([0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67, 254])

/** True for a message type in use; anything else in its place means that the message is encrypted. */
export function isKnownHandshakeType(type: number): boolean {
  return knownHandshakeTypes.has(type)
}
