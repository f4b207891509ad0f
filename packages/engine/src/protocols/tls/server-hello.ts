import { uint16 } from '../../decode/cursor.ts'
import { ExtensionType, type HelloPart, readAlpn, readExtensions } from './extensions.ts'
import { VectorReader } from './vector-reader.ts'

/** What a server chose. */
export interface ServerHello {
  /** Null when not even the version is there. */
  legacyVersion: number | null
  /** The version both will speak: supported_versions if it is there, else the legacy field (RFC 8446 §4.2.1). */
  version: number | null
  /** Null when the message is cut before it. */
  cipherSuite: number | null
  /** Application protocol chosen, one character a byte; in TLS 1.3 it is encrypted and hence null. */
  alpn: string | null
  /** True when the server asks for another ClientHello (RFC 8446 §4.1.4); such a message has the form and type of a ServerHello. */
  isHelloRetryRequest: boolean
  extensions: number[]
  stoppedAt: HelloPart | null
}

/** SHA-256 of «HelloRetryRequest», which stands in the place of the random number (RFC 8446 §4.1.3). */
const retryRandom = Uint8Array.from([
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
])

/** First draft of TLS 1.3 whose ServerHello has a session id and a compression method again. */
const FIRST_DRAFT_WITH_SESSION_ID = 0x7f16

/** Reads the body of a ServerHello (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3); as tolerant as the ClientHello's reader. */
export function parseServerHello(bytes: Uint8Array, start: number, end: number): ServerHello {
  const hello: ServerHello = {
    legacyVersion: null,
    version: null,
    cipherSuite: null,
    alpn: null,
    isHelloRetryRequest: false,
    extensions: [],
    stoppedAt: null,
  }
  const reader = new VectorReader(bytes, start, end)
  const version = reader.integer(2)
  if (reader.hasEnded) return stop(hello, 'version')
  hello.legacyVersion = version
  hello.version = version
  const randomStart = reader.position
  reader.skip(32)
  if (reader.hasEnded) return stop(hello, 'random')
  hello.isHelloRetryRequest = isRetryRandom(bytes, randomStart)
  const hasSessionId = version >>> 8 !== 0x7f || version >= FIRST_DRAFT_WITH_SESSION_ID
  if (hasSessionId) reader.vector(1)
  if (reader.hasEnded) return stop(hello, 'session id')
  const cipherSuite = reader.integer(2)
  if (reader.hasEnded) return stop(hello, 'cipher suites')
  hello.cipherSuite = cipherSuite
  if (hasSessionId) reader.skip(1)
  if (reader.hasEnded) return stop(hello, 'compression methods')
  if (reader.remaining > 0) hello.stoppedAt = readServerExtensions(bytes, reader.position, reader.end, hello)
  return hello
}

function isRetryRandom(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < retryRandom.length; i++) if (bytes[start + i] !== retryRandom[i]) return false
  return true
}

function readServerExtensions(bytes: Uint8Array, start: number, end: number, hello: ServerHello): HelloPart | null {
  return readExtensions(bytes, start, end, (type, from, to) => {
    hello.extensions.push(type)
    if (type === ExtensionType.supportedVersions && to - from >= 2) hello.version = uint16(bytes, from)
    else if (type === ExtensionType.alpn) hello.alpn = readAlpn(bytes, from, to)[0] ?? null
  })
}

function stop(hello: ServerHello, part: HelloPart): ServerHello {
  hello.stoppedAt = part
  return hello
}
