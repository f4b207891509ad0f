import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { int32 } from '../decode/cursor.ts'

const CAPABLE = 0
const JOIN = 1
const KNOWN_KINDS = 0xff
const MOST_CONNECTIONS = 1 << 16

/**
 * Multipath TCP connections (RFC 8684), as far as tshark's duplicate ACK test needs them: the kinds of options that any subflow
 * has carried. A connection is named by a link, its index + 1; 0 is none. At most 65 536 connections are told apart.
 */
export class MultipathConnections {
  private readonly kindsSeen: number[] = []
  private readonly byToken = new Map<number, number>()

  /** Set of option kinds seen on the connection, as bits; 0 for no link. */
  optionsOf(link: number): number {
    return link === 0 ? 0 : this.kindsSeen[link - 1]
  }

  /** Takes the option at `data[start]` of a stream with this link and returns the stream's link from now on. */
  take(link: number, data: Uint8Array, start: number, length: number): number {
    if (length < 3) return link
    const kind = data[start + 2] >> 4
    let result = link
    if (kind === CAPABLE) result = this.takeCapable(link, data, start, length)
    else if (kind === JOIN && length === 12) result = link || this.linkOf(int32(data, start + 4))
    else if (link === 0) result = this.open()
    return result
  }

  /** Adds kinds of options, as bits, to those seen on a connection. */
  addKinds(link: number, kinds: number): void {
    if (link !== 0) this.kindsSeen[link - 1] |= kinds & KNOWN_KINDS
  }

  private takeCapable(link: number, data: Uint8Array, start: number, length: number): number {
    if (length !== 12 && length !== 20 && length !== 22 && length !== 24) return link
    const version = data[start + 2] & 0xf
    const first = link || this.linkOf(tokenOf(data.subarray(start + 4, start + 12), version))
    if (length >= 20) this.byToken.set(tokenOf(data.subarray(start + 12, start + 20), version), first)
    return first
  }

  private linkOf(token: number): number {
    const known = this.byToken.get(token)
    if (known !== undefined) return known
    const link = this.open()
    if (link !== 0) this.byToken.set(token, link)
    return link
  }

  private open(): number {
    if (this.kindsSeen.length >= MOST_CONNECTIONS) return 0
    return this.kindsSeen.push(0)
  }
}

/** Token of a key: the first four bytes of its hash, SHA-1 in version 0 and SHA-256 in version 1 (RFC 6824 §3.2, RFC 8684 §3.2). */
function tokenOf(key: Uint8Array, version: number): number {
  return int32(version === 0 ? sha1(key) : sha256(key), 0)
}
