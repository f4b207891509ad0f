import type { FragmentTable } from '../flow/fragments.ts'
import { IP_LAYER_WORDS, type Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, int32, isCaptured, uint16 } from './cursor.ts'
import { continueWith } from './ipv4.ts'
import { LAYER_DONE, LAYER_IP_PROTOCOL } from './layer.ts'
import { STOP_CUT, STOP_FRAGMENT, STOP_FRAGMENT_CUT, STOP_IP_VERSION, STOP_NESTING, stop } from './stop-reasons.ts'

const IPV6 = Protocol.ipv6
const HEADER_BYTES = 40
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const NO_NEXT_HEADER = 59
const DESTINATION_OPTIONS = 60
const MOBILITY = 135
const HOST_IDENTITY = 139
const SHIM6 = 140
const JUMBO_PAYLOAD_OPTION = 0xc2
const LEAST_JUMBO_LENGTH = 65_536

/** IPv6 with its extension headers (RFC 8200 §3, §4). */
export function decodeIpv6(packet: Packet, fragments: FragmentTable): number {
  const { data, offset } = packet
  markProtocol(packet, IPV6)
  if (isCaptured(packet, 1) && data[offset] >> 4 !== 6) return stop(packet, STOP_IP_VERSION)
  if (!isCaptured(packet, HEADER_BYTES)) return stop(packet, STOP_CUT)
  if (packet.ipLayerCount * IP_LAYER_WORDS >= packet.ipLayers.length) return stop(packet, STOP_NESTING)
  const layer = packet.ipLayerCount++ * IP_LAYER_WORDS
  const words = packet.ipLayers
  words[layer] = 6
  for (let i = 0; i < 8; i++) words[layer + 1 + i] = int32(data, offset + 8 + 4 * i)
  const payloadLength = uint16(data, offset + 4)
  const next = data[offset + 6]
  packet.offset = offset + HEADER_BYTES
  packet.ipHeaderStart = -1
  const jumboLength = payloadLength === 0 && next === HOP_BY_HOP ? findJumboLength(packet) : -1
  packet.claimedEnd = packet.offset + payloadLength
  capLength(packet, jumboLength >= 0 ? jumboLength : payloadLength)
  return decodeExtensionHeaders(packet, fragments, next)
}

/** Payload length from a jumbo payload option (RFC 2675) in the hop-by-hop header at the cursor; -1 when there is none. */
function findJumboLength(packet: Packet): number {
  if (!isCaptured(packet, 8)) return -1
  const { data, offset } = packet
  const end = Math.min(offset + (data[offset + 1] + 1) * 8, packet.dataEnd)
  for (let at = offset + 2; at + 1 < end; ) {
    if (data[at] === 0) {
      at++
      continue
    }
    if (data[at] === JUMBO_PAYLOAD_OPTION && data[at + 1] === 4 && at + 6 <= end) {
      const length = int32(data, at + 2) >>> 0
      return length >= LEAST_JUMBO_LENGTH ? length : -1
    }
    at += 2 + data[at + 1]
  }
  return -1
}

/** Extension headers from the one of kind `first` on (RFC 8200 §4); they also occur behind IPv4 and the authentication header. */
export function decodeExtensionHeaders(packet: Packet, fragments: FragmentTable, first: number): number {
  let next = first
  for (;;) {
    switch (next) {
      case HOP_BY_HOP:
      case ROUTING:
      case DESTINATION_OPTIONS:
      case MOBILITY:
      case SHIM6: {
        if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
        next = packet.data[packet.offset]
        const length = (packet.data[packet.offset + 1] + 1) * 8
        if (!isCaptured(packet, length)) return stop(packet, STOP_CUT)
        packet.offset += length
        break
      }
      case FRAGMENT: {
        const protocol = decodeFragmentHeader(packet, fragments, packet.ipLayerStart)
        if (protocol < 0) return LAYER_DONE
        next = protocol
        break
      }
      case HOST_IDENTITY: // what follows it is encrypted
      case NO_NEXT_HEADER:
        return LAYER_DONE
      default:
        packet.ipProtocol = next
        return LAYER_IP_PROTOCOL
    }
  }
}

/** Fragment header at the cursor. Returns the protocol that follows, or -1 when the walk ends in this frame. */
function decodeFragmentHeader(packet: Packet, fragments: FragmentTable, layer: number): number {
  if (!packet.isQuoted) packet.isFragmentV6 = true
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT) - 1
  const { data, offset } = packet
  const next = data[offset]
  const field = uint16(data, offset + 2)
  const identification = int32(data, offset + 4)
  packet.offset += 8
  const hasMore = (field & 1) === 1
  const fragmentOffset = field & 0xfff8
  if (fragmentOffset === 0 && !hasMore) return next
  if (packet.dataEnd < packet.reportedEnd || packet.dataEnd < packet.claimedEnd)
    return stop(packet, STOP_FRAGMENT_CUT) - 1
  const key = `6 ${identification} ${packet.ipLayers.subarray(layer + 1, layer + IP_LAYER_WORDS).join(' ')}`
  const payload = fragments.add(key, fragmentOffset, hasMore, data, packet.offset, packet.dataEnd)
  if (payload === null) return stop(packet, STOP_FRAGMENT) - 1
  continueWith(packet, payload)
  return next
}
