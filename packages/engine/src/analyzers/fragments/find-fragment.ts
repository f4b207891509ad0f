import { int32, uint16 } from '../../decode/cursor.ts'
import type { Packet } from '../../packet.ts'
import { addressText } from '../../text/addresses.ts'

const FURTHEST_HEADER = 200
const IPV6_HEADER_BYTES = 40
const FRAGMENT = 44
const EXTENSIONS: readonly number[] = [0, 43, 60]

/** One fragment, as its own frame shows it. */
export interface Fragment {
  /** Same for all fragments of a datagram. */
  readonly key: string
  readonly source: string
  readonly destination: string
  /** Range of the datagram's payload. */
  readonly start: number
  readonly end: number
  readonly hasMore: boolean
  /** Bytes of the whole IP packet. */
  readonly packetBytes: number
}

/**
 * Finds the header of the innermost IP layer in the frame's own bytes, by its addresses, and reads the fragment from it; null when it
 * is not there. Decoding has already left the frame when this one completed a datagram.
 */
export function findFragment(packet: Packet): Fragment | null {
  if (packet.ipLayerCount === 0) return null
  const { bytes, start, end, ipLayers, ipLayerStart } = packet
  const version = ipLayers[ipLayerStart]
  const headerBytes = version === 4 ? 20 : IPV6_HEADER_BYTES
  const last = Math.min(start + FURTHEST_HEADER, end - headerBytes)
  for (let at = start; at <= last; at++) {
    if (bytes[at] >> 4 !== version || !hasAddresses(packet, at, version)) continue
    const fragment = version === 4 ? fragmentV4(packet, at) : fragmentV6(packet, at)
    if (fragment !== null) return fragment
  }
  return null
}

function hasAddresses({ bytes, ipLayers, ipLayerStart }: Packet, at: number, version: number): boolean {
  if (version === 4)
    return int32(bytes, at + 12) === ipLayers[ipLayerStart + 1] && int32(bytes, at + 16) === ipLayers[ipLayerStart + 5]
  for (let i = 0; i < 8; i++) if (int32(bytes, at + 8 + 4 * i) !== ipLayers[ipLayerStart + 1 + i]) return false
  return true
}

function fragmentV4(packet: Packet, at: number): Fragment | null {
  const { bytes } = packet
  const field = uint16(bytes, at + 6)
  if ((field & 0x3fff) === 0) return null
  const packetBytes = uint16(bytes, at + 2)
  const start = (field & 0x1fff) * 8
  const length = Math.max(0, packetBytes - (bytes[at] & 15) * 4)
  return named(
    packet,
    4,
    `${uint16(bytes, at + 4)} ${bytes[at + 9]}`,
    start,
    length,
    (field & 0x2000) !== 0,
    packetBytes,
  )
}

function fragmentV6(packet: Packet, at: number): Fragment | null {
  const { bytes, end } = packet
  const packetBytes = uint16(bytes, at + 4) + IPV6_HEADER_BYTES
  let next = bytes[at + 6]
  let header = at + IPV6_HEADER_BYTES
  while (EXTENSIONS.includes(next) && header + 8 <= end) {
    next = bytes[header]
    header += (bytes[header + 1] + 1) * 8
  }
  if (next !== FRAGMENT || header + 8 > end) return null
  const field = uint16(bytes, header + 2)
  // an atomic fragment (RFC 6946) is a whole datagram
  if ((field & 0xfff9) === 0) return null
  const length = Math.max(0, packetBytes - (header + 8 - at))
  return named(packet, 6, `${int32(bytes, header + 4)}`, field & 0xfff8, length, (field & 1) === 1, packetBytes)
}

function named(
  { ipLayers, ipLayerStart }: Packet,
  version: number,
  identification: string,
  start: number,
  length: number,
  hasMore: boolean,
  packetBytes: number,
): Fragment {
  const source = addressText(ipLayers, ipLayerStart + 1, version)
  const destination = addressText(ipLayers, ipLayerStart + 5, version)
  const key = `${source} ${destination} ${identification}`
  return { key, source, destination, start, end: start + length, hasMore, packetBytes }
}
