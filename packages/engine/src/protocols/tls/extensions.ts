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

/** Receives one extension: its type, and where in the bytes its content is. */
export type TakeExtension = (type: number, start: number, end: number) => void

/**
 * Calls back for each extension that is whole of the list that stands at `start` with its length in front (RFC 8446 §4.2).
 * An extension that claims more bytes than its list has ends the list: neither it nor the bytes behind it are believed.
 */
export function readExtensions(bytes: Uint8Array, start: number, end: number, take: TakeExtension): HelloPart | null {
  const hasLength = end - start >= 2
  let at = hasLength ? start + 2 : start
  const claimedEnd = hasLength ? at + ((bytes[start] << 8) | bytes[start + 1]) : end + 1
  const listEnd = Math.min(claimedEnd, end)
  while (at < listEnd) {
    const contentStart = at + 4
    if (contentStart > listEnd) return 'extension'
    const contentEnd = contentStart + ((bytes[at + 2] << 8) | bytes[at + 3])
    if (contentEnd > listEnd) return 'extension'
    take((bytes[at] << 8) | bytes[at + 1], contentStart, contentEnd)
    at = contentEnd
  }
  return claimedEnd > end ? 'extensions length' : null
}

/** Protocol names of an ALPN extension, one character a byte; those that leave it are not believed (RFC 7301 §3.1). */
export function readAlpn(bytes: Uint8Array, start: number, end: number): string[] {
  const list = new VectorReader(bytes, start, end).vector(2)
  const names: string[] = []
  while (list.remaining > 0) {
    const name = list.vector(1)
    if (list.hasEnded) break
    names.push(name.text())
  }
  return names
}
