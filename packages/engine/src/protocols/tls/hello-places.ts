import { ExtensionType, type HelloPart, readExtensions } from './extensions.ts'

const RANDOM_BYTES = 32
/** A list of extensions has at most 65 535 bytes, an extension at least four. */
const MOST_EXTENSIONS = 16_384

/** The lists of a ClientHello by their index in {@link HelloPlaces}. */
export const CIPHER_SUITES = 0
export const COMPRESSION = 1
export const GROUPS = 2
export const POINT_FORMATS = 3
export const SIGNATURE_ALGORITHMS = 4
export const SUPPORTED_VERSIONS = 5
export const ALPN = 6
export const LISTS = 7

/** Where the parts of a ClientHello stand in its bytes. One instance is used again and again. */
export class HelloPlaces {
  /** Legacy version; -1 when not even that is there. */
  version = -1
  /** Starts and ends of the lists' contents without their lengths, in pairs; that of ALPN with it. Empty where there is none. */
  readonly lists = new Int32Array(2 * LISTS)
  /** Types of the extensions that are whole, in order; only the first `extensionCount` count. */
  readonly extensions = new Uint16Array(MOST_EXTENSIONS)
  extensionCount = 0
  /** First name of server_name; empty when there is none. */
  sniStart = 0
  sniEnd = 0
  stoppedAt: HelloPart | null = null
  private bytes: Uint8Array = new Uint8Array(0)

  /** Looks through the body of a ClientHello in `bytes[start…end)`. */
  find(bytes: Uint8Array, start: number, end: number): void {
    this.version = -1
    this.lists.fill(0)
    this.extensionCount = 0
    this.sniStart = 0
    this.sniEnd = 0
    this.bytes = bytes
    this.stoppedAt = this.findParts(bytes, start, end)
  }

  private findParts(bytes: Uint8Array, start: number, end: number): HelloPart | null {
    if (start + 2 > end) return 'version'
    this.version = (bytes[start] << 8) | bytes[start + 1]
    if (start + 2 + RANDOM_BYTES > end) return 'random'
    let at = endOfVector(bytes, start + 2 + RANDOM_BYTES, end, 1)
    if (at > end) return 'session id'
    at = this.takeList(CIPHER_SUITES, bytes, at, end, 2)
    if (at > end) return 'cipher suites'
    at = this.takeList(COMPRESSION, bytes, at, end, 1)
    if (at > end) return 'compression methods'
    return at === end ? null : readExtensions(bytes, at, end, this.takeExtension)
  }

  /** Notes as much of a list as is there and gives where it would end. */
  private takeList(list: number, bytes: Uint8Array, start: number, end: number, lengthBytes: 1 | 2): number {
    const listEnd = endOfVector(bytes, start, end, lengthBytes)
    this.lists[2 * list] = start + lengthBytes
    this.lists[2 * list + 1] = Math.min(listEnd, end)
    return listEnd
  }

  private readonly takeExtension = (type: number, start: number, end: number): void => {
    this.extensions[this.extensionCount++] = type
    if (type === ExtensionType.serverName) this.takeServerName(start, end)
    else if (type === ExtensionType.supportedGroups) this.takeWhole(GROUPS, start, end, 2)
    else if (type === ExtensionType.pointFormats) this.takeWhole(POINT_FORMATS, start, end, 1)
    else if (type === ExtensionType.signatureAlgorithms) this.takeWhole(SIGNATURE_ALGORITHMS, start, end, 2)
    else if (type === ExtensionType.supportedVersions) this.takeWhole(SUPPORTED_VERSIONS, start, end, 1)
    else if (type === ExtensionType.alpn) {
      this.lists[2 * ALPN] = start
      this.lists[2 * ALPN + 1] = end
    }
  }

  /** Notes the list of an extension; nothing when it leaves its extension. */
  private takeWhole(list: number, start: number, end: number, lengthBytes: 1 | 2): void {
    if (this.takeList(list, this.bytes, start, end, lengthBytes) > end) this.lists[2 * list + 1] = start
  }

  /** First name of the list, whatever its type says, like tshark (RFC 6066 §3 knows only host_name). */
  private takeServerName(start: number, end: number): void {
    if (this.sniEnd > this.sniStart) return
    const listEnd = endOfVector(this.bytes, start, end, 2)
    if (listEnd > end) return
    const nameEnd = endOfVector(this.bytes, start + 3, listEnd, 2)
    if (nameEnd > listEnd) return
    this.sniStart = start + 5
    this.sniEnd = nameEnd
  }
}

/** Where the vector that begins with its length at `start` ends; beyond `end` when not all of it is there. */
function endOfVector(bytes: Uint8Array, start: number, end: number, lengthBytes: 1 | 2): number {
  const contentStart = start + lengthBytes
  if (contentStart > end) return end + 1
  return contentStart + (lengthBytes === 1 ? bytes[start] : (bytes[start] << 8) | bytes[start + 1])
}
