import type { FragmentTable } from '../flow/fragments.ts'
import { IP_LAYER_WORDS, type Packet, SERVICE_TAG } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, int32, isCaptured, uint16 } from './cursor.ts'
import { LAYER_DONE, LAYER_IP_PROTOCOL, LAYER_IPV4, LAYER_IPV6 } from './layer.ts'
import {
  STOP_CUT,
  STOP_FRAGMENT,
  STOP_FRAGMENT_CUT,
  STOP_IP_LENGTH,
  STOP_IP_VERSION,
  STOP_NESTING,
  stop,
} from './stop-reasons.ts'

const IP = Protocol.ip
const LEAST_HEADER_BYTES = 20
const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET = 0x1fff
const END_OF_OPTIONS = 0
const NO_OPERATION = 1
const LOOSE_ROUTE = 0x83
const STRICT_ROUTE = 0x89

/** An IP header of either version, by its first four bits. */
export function decodeIp(packet: Packet): number {
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
  const version = packet.data[packet.offset] >> 4
  if (version === 4) return LAYER_IPV4
  return version === 6 ? LAYER_IPV6 : stop(packet, STOP_IP_VERSION)
}

/**
 * IPv4 (RFC 791 §3.1). A total length of 0 is what segmentation offload leaves: then the header goes to the end of the frame.
 * A total length beyond the frame extends nothing.
 */
export function decodeIpv4(packet: Packet, fragments: FragmentTable): number {
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  const version = data[offset] >> 4
  if (version === 6) return LAYER_IPV6
  markProtocol(packet, IP)
  if (version !== 4) return stop(packet, STOP_IP_VERSION)
  const headerLength = (data[offset] & 0xf) * 4
  if (headerLength < LEAST_HEADER_BYTES) return stop(packet, STOP_IP_LENGTH)
  if (!isCaptured(packet, LEAST_HEADER_BYTES)) return stop(packet, STOP_CUT)
  if (packet.ipLayerCount * IP_LAYER_WORDS >= packet.ipLayers.length) return stop(packet, STOP_NESTING)
  const totalLength = uint16(data, offset + 2)
  if (totalLength !== 0 && totalLength < headerLength) return stop(packet, STOP_IP_LENGTH)
  const layer = packet.ipLayerCount++ * IP_LAYER_WORDS
  packet.ipLayers[layer] = 4
  packet.ipLayers[layer + 1] = int32(data, offset + 12)
  packet.ipLayers[layer + 5] = int32(data, offset + 16)
  if (headerLength > LEAST_HEADER_BYTES)
    takeSourceRoute(packet, layer, offset + LEAST_HEADER_BYTES, offset + headerLength)
  if (totalLength !== 0) capLength(packet, totalLength)
  packet.ipProtocol = data[offset + 9]
  packet.ipHeaderStart = offset
  const fragmentField = uint16(data, offset + 6)
  packet.offset = offset + headerLength
  if ((fragmentField & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) {
    return packet.reportedEnd > packet.offset ? LAYER_IP_PROTOCOL : LAYER_DONE
  }
  return decodeFragment(packet, fragments, layer, offset, fragmentField)
}

function decodeFragment(
  packet: Packet,
  fragments: FragmentTable,
  layer: number,
  headerStart: number,
  fragmentField: number,
): number {
  if (!packet.isQuoted) packet.isFragmentV4 = true
  if (packet.reportedEnd <= packet.offset) return LAYER_DONE
  const fragmentOffset = (fragmentField & FRAGMENT_OFFSET) * 8
  const claimedEnd = Math.max(packet.reportedEnd, headerStart + uint16(packet.data, headerStart + 2))
  if (packet.dataEnd < claimedEnd) {
    if (fragmentOffset > 0) return stop(packet, STOP_FRAGMENT_CUT)
    packet.lengthKnown = false
    return LAYER_IP_PROTOCOL
  }
  const identification = uint16(packet.data, headerStart + 4)
  const source = packet.ipLayers[layer + 1]
  const destination = packet.ipLayers[layer + 5]
  // tshark mixes what tells datagrams apart into one number, so that some collide
  const mixed = packet.ipProtocol ^ identification ^ vlanOfFragment(packet, source, destination)
  const key = `4 ${source} ${destination} ${mixed}`
  const hasMore = (fragmentField & MORE_FRAGMENTS) !== 0
  const payload = fragments.add(key, fragmentOffset, hasMore, packet.data, packet.offset, packet.dataEnd)
  if (payload === null) return stop(packet, STOP_FRAGMENT)
  continueWith(packet, payload)
  return LAYER_IP_PROTOCOL
}

/** A source route (RFC 791 §3.1) that is not used up ends at its last address: that is the destination. The first one counts. */
function takeSourceRoute(packet: Packet, layer: number, start: number, end: number): void {
  const { data } = packet
  if (end > packet.dataEnd) return
  let at = start
  while (at + 2 < end && data[at] !== END_OF_OPTIONS) {
    if (data[at] === NO_OPERATION) {
      at++
      continue
    }
    const length = data[at + 1]
    if (length < 2 || at + length > end) return
    if (data[at] === LOOSE_ROUTE || data[at] === STRICT_ROUTE) {
      const pointer = data[at + 2]
      const isOpen = (length & 3) === 3 && (pointer & 3) === 0 && pointer >= 4 && pointer <= length - 3
      if (isOpen) packet.ipLayers[layer + 5] = int32(data, at + length - 4)
      return
    }
    at += length
  }
}

/** Private addresses may mean other hosts in other VLANs, so fragments between them belong together only within one. */
function vlanOfFragment(packet: Packet, source: number, destination: number): number {
  if (packet.vlanCount === 0 || !(isPrivate(source) || isPrivate(destination))) return 0
  for (let i = 0; i < packet.vlanCount; i++) {
    const id = packet.vlanIds[i]
    if (id !== 0 && id < SERVICE_TAG) return id
  }
  return 0
}

/** RFC 1918 and link-local (RFC 3927) addresses. */
function isPrivate(address: number): boolean {
  const high = address >>> 16
  return high >>> 8 === 10 || high === 0xc0a8 || high === 0xa9fe || high >>> 4 === 0xac1
}

/** Moves the cursor from the frame into a reassembled datagram. */
export function continueWith(packet: Packet, payload: Uint8Array): void {
  packet.reassembledLength = payload.length
  packet.data = payload
  packet.dataView = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  packet.offset = 0
  packet.ipHeaderStart = -1
  packet.dataEnd = payload.length
  packet.reportedEnd = payload.length
}
