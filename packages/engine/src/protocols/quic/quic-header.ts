import { QuicVersion } from './quic-version.ts'
import { readVarint, VARINT_CUT } from './varint.ts'

/** Kinds of packets with a long header, numbered as the type bits of version 1 (RFC 9000 §17.2). */
export const LongPacketType = Object.freeze({ initial: 0, zeroRtt: 1, handshake: 2, retry: 3, versionNegotiation: 4 })

/** Longest connection id (RFC 9000 §17.2). */
export const MAX_CONNECTION_ID_LENGTH = 20

/** True when the packet at `start` has a long header. */
export function isLongHeader(bytes: Uint8Array, start: number): boolean {
  return bytes[start] >= 0x80
}

/** Version of a packet with a long header, 0 … 2^32 − 1. */
export function longHeaderVersion(bytes: Uint8Array, start: number): number {
  return ((bytes[start + 1] << 24) | (bytes[start + 2] << 16) | (bytes[start + 3] << 8) | bytes[start + 4]) >>> 0
}

/** A long header taken apart; offsets are into the bytes it was read from. One instance is filled again and again. */
export class LongHeader {
  version = 0
  /** One of {@link LongPacketType}. */
  type = 0
  destinationIdStart = 0
  destinationIdLength = 0
  sourceIdStart = 0
  sourceIdLength = 0
  /** Where the protected packet number begins; -1 when the packet has none or its lengths leave the datagram. */
  packetNumberStart = -1
  /** One past the packet: behind its length, or the datagram's end if it has none or it says too much. */
  packetEnd = 0

  /** Reads the header at `start`; false when it is cut within the connection ids (RFC 8999 §5.1), and then only the version may be set. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 7) return false
    this.version = longHeaderVersion(bytes, start)
    this.type = packetType(bytes[start], this.version)
    this.destinationIdLength = bytes[start + 5]
    this.destinationIdStart = start + 6
    const sourceLengthStart = this.destinationIdStart + this.destinationIdLength
    if (sourceLengthStart >= end) return false
    this.sourceIdLength = bytes[sourceLengthStart]
    this.sourceIdStart = sourceLengthStart + 1
    const position = this.sourceIdStart + this.sourceIdLength
    if (position > end) return false
    this.#readLengths(bytes, position, end)
    return true
  }

  #readLengths(bytes: Uint8Array, start: number, end: number): void {
    this.packetNumberStart = -1
    this.packetEnd = end
    if (this.type >= LongPacketType.retry) return
    let position = start
    if (this.type === LongPacketType.initial) {
      const tokenLength = readVarint(bytes, position, end)
      if (tokenLength === VARINT_CUT) return
      position += varintLength(bytes, position) + tokenLength
    }
    const length = readVarint(bytes, position, end)
    if (length === VARINT_CUT) return
    this.packetNumberStart = position + varintLength(bytes, position)
    this.packetEnd = Math.min(end, this.packetNumberStart + length)
  }
}

/** In version 2 the type bits are moved on by one so that nobody relies on them (RFC 9369 §3.2). */
function packetType(first: number, version: number): number {
  if (version === QuicVersion.negotiation) return LongPacketType.versionNegotiation
  const bits = (first >>> 4) & 3
  return version === QuicVersion.v2 ? (bits + 3) & 3 : bits
}

function varintLength(bytes: Uint8Array, start: number): number {
  return 1 << (bytes[start] >>> 6)
}
