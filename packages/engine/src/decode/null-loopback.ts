import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { int32, isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { LAYER_IPV4, LAYER_IPV6, LAYER_PPP } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, stop } from './stop-reasons.ts'

const NULL = Protocol.null
const LARGEST_FAMILY = 255
const LEAST_ETHERTYPE = 1536
const LARGEST_ETHERTYPE = 0xffff

/** BSD loopback: an address family, in network order (LINKTYPE_LOOP) or in that of the machine that captured (LINKTYPE_NULL). */
export function decodeNullLoopback(packet: Packet, isNetworkOrder: boolean): number {
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  const { data, offset } = packet
  if (!isNetworkOrder && data[offset] === 0xff && data[offset + 1] === 0x03) return LAYER_PPP
  markProtocol(packet, NULL)
  const big = int32(data, offset) >>> 0
  const little = ((data[offset + 3] << 24) | (data[offset + 2] << 16) | (data[offset + 1] << 8) | data[offset]) >>> 0
  const family = isNetworkOrder ? big : Math.min(big, little)
  packet.offset += 4
  if (family > LARGEST_FAMILY && !isNetworkOrder) {
    // some systems write an EtherType, alone or behind two bytes of their own
    const type = family <= LARGEST_ETHERTYPE ? family : uint16(data, offset + 2)
    return type >= LEAST_ETHERTYPE ? layerOfEtherType(packet, type) : stop(packet, STOP_ETHERTYPE)
  }
  switch (family) {
    case 2:
      return LAYER_IPV4
    case 24: // NetBSD, OpenBSD, Windows
    case 28: // FreeBSD
    case 30: // macOS
      return LAYER_IPV6
    default:
      return stop(packet, STOP_ETHERTYPE)
  }
}
