import { VectorReader } from './vector-reader.ts'

/** Extension numbers that are read (IANA TLS ExtensionType Values). */
export const ExtensionType = Object.freeze({
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  supportedVersions: 43,
  keyShare: 51,
})

/** The part of a hello at which reading had to stop; everything before it was read. */
export type HelloPart =
  | 'version'
  | 'random'
  | 'session id'
  | 'cipher suites'
  | 'compression methods'
  | 'extensions length'
  | 'extension'

/** What a client offers. Numbers are as on the wire, in order, GREASE values (RFC 8701) included. */
export interface ClientHello {
  /** Null when not even the version is there. */
  legacyVersion: number | null
  cipherSuites: number[]
  compression: number[]
  /** Types of the extensions that are whole, in order. */
  extensions: number[]
  /** First name of server_name, one character a byte. */
  sni: string | null
  /** Names of application protocols, one character a byte. */
  alpn: string[]
  supportedVersions: number[]
  groups: number[]
  pointFormats: number[]
  signatureAlgorithms: number[]
  /** Null when all was read. */
  stoppedAt: HelloPart | null
}

/** A hello with nothing in it. */
export function emptyClientHello(): ClientHello {
  return {
    legacyVersion: null,
    cipherSuites: [],
    compression: [],
    extensions: [],
    sni: null,
    alpn: [],
    supportedVersions: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    stoppedAt: null,
  }
}

/**
 * Reads the body of a ClientHello, that is what follows the four bytes of the handshake header (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
 * Never throws: a body that is cut or lies about a length gives what stands before that place, and `stoppedAt` names it.
 */
export function parseClientHello(bytes: Uint8Array, start: number, end: number): ClientHello {
  const hello = emptyClientHello()
  const reader = new VectorReader(bytes, start, end)
  const version = reader.integer(2)
  if (reader.hasEnded) return stop(hello, 'version')
  hello.legacyVersion = version
  reader.skip(32)
  if (reader.hasEnded) return stop(hello, 'random')
  reader.vector(1)
  if (reader.hasEnded) return stop(hello, 'session id')
  hello.cipherSuites = reader.vector(2).words()
  if (reader.hasEnded) return stop(hello, 'cipher suites')
  hello.compression = octets(reader.vector(1))
  if (reader.hasEnded) return stop(hello, 'compression methods')
  if (reader.remaining === 0) return hello
  hello.stoppedAt = readExtensions(reader, (type, content) => {
    hello.extensions.push(type)
    readExtension(hello, type, content)
  })
  return hello
}

/**
 * Calls back for each extension that is whole.
 * An extension that claims more bytes than its list has ends the list: neither it nor the bytes behind it are believed.
 */
export function readExtensions(
  reader: VectorReader,
  take: (type: number, content: VectorReader) => void,
): HelloPart | null {
  const list = reader.vector(2)
  while (list.remaining > 0) {
    const type = list.integer(2)
    const content = list.vector(2)
    if (list.hasEnded) return 'extension'
    take(type, content)
  }
  return reader.hasEnded ? 'extensions length' : null
}

/** Protocol names of an ALPN extension; those that leave it are not believed (RFC 7301 §3.1). */
export function readAlpn(content: VectorReader): string[] {
  const list = content.vector(2)
  const names: string[] = []
  while (list.remaining > 0) {
    const name = list.vector(1)
    if (list.hasEnded) break
    names.push(name.text())
  }
  return names
}

function readExtension(hello: ClientHello, type: number, content: VectorReader): void {
  if (type === ExtensionType.serverName) hello.sni ??= readServerName(content)
  else if (type === ExtensionType.supportedGroups) hello.groups = whole(content, 2)
  else if (type === ExtensionType.pointFormats) hello.pointFormats = wholeOctets(content)
  else if (type === ExtensionType.signatureAlgorithms) hello.signatureAlgorithms = whole(content, 2)
  else if (type === ExtensionType.alpn) hello.alpn = readAlpn(content)
  else if (type === ExtensionType.supportedVersions) hello.supportedVersions = whole(content, 1)
}

/** First name of the list, whatever its type says, like tshark (RFC 6066 §3 knows only host_name). */
function readServerName(content: VectorReader): string | null {
  const list = content.vector(2)
  list.integer(1)
  const name = list.vector(2)
  if (content.hasEnded || list.hasEnded || name.remaining === 0) return null
  return name.text()
}

/** Numbers of a vector, none if the vector leaves its extension. */
function whole(content: VectorReader, lengthBytes: 1 | 2): number[] {
  const list = content.vector(lengthBytes)
  return content.hasEnded ? [] : list.words()
}

function wholeOctets(content: VectorReader): number[] {
  const list = content.vector(1)
  return content.hasEnded ? [] : octets(list)
}

function octets(reader: VectorReader): number[] {
  return Array.from(reader.bytes.subarray(reader.position, reader.end))
}

function stop(hello: ClientHello, part: HelloPart): ClientHello {
  hello.stoppedAt = part
  return hello
}
