import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { decodeEthernet } from './ethernet.ts'
import { LAYER_IP, LAYER_IPV4, LAYER_IPV6, LAYER_PPP, LAYER_PPPOE, LAYER_WLAN } from './layer.ts'
import { decodeLinuxCooked, decodeLinuxCookedV2 } from './linux-cooked.ts'
import { decodeNflog } from './nflog.ts'
import { decodeNullLoopback } from './null-loopback.ts'
import { decodeCiscoHdlc, decodeSerialPpp } from './ppp.ts'
import { STOP_CUT, STOP_LINK_TYPE, stop } from './stop-reasons.ts'
import { decodeOldWlanHeader, decodeRadiotap } from './wlan.ts'

/** Address and control field of PPP, as one number. */
const PPP_HEADER = 0xff03

/** LINKTYPE_ numbers that {@link decodeLink} understands. */
export const supportedLinkTypes: readonly number[] = [
  0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 119, 127, 163, 192, 204, 228, 229, 239, 276,
]

/** First header of a frame, by the link type of its interface. */
export function decodeLink(packet: Packet): number {
  return decodeLinkType(packet, packet.linkType)
}

function decodeLinkType(packet: Packet, linkType: number): number {
  switch (linkType) {
    case 1:
      return decodeEthernet(packet)
    case 113:
      return decodeLinuxCooked(packet)
    case 276:
      return decodeLinuxCookedV2(packet)
    case 0:
      return decodeNullLoopback(packet, false)
    case 108:
      return decodeNullLoopback(packet, true)
    case 12:
    case 14:
    case 101:
      return decodeRaw(packet)
    case 228:
      return LAYER_IPV4
    case 229:
      return LAYER_IPV6
    case 9:
    case 50:
      return decodeSerialPpp(packet)
    case 204:
      packet.offset += 1
      return decodeSerialPpp(packet)
    case 51:
      return LAYER_PPPOE
    case 104:
      return decodeCiscoHdlc(packet)
    case 105:
      return LAYER_WLAN
    case 127:
      return decodeRadiotap(packet)
    case 119:
    case 163:
      return decodeOldWlanHeader(packet)
    case 192:
      return decodePerPacketInformation(packet)
    case 239:
      return decodeNflog(packet)
    default:
      return stop(packet, STOP_LINK_TYPE)
  }
}

/** PPI header (LINKTYPE_PPI): its length and the link type of what follows, both little-endian. */
function decodePerPacketInformation(packet: Packet): number {
  markProtocol(packet, Protocol.ppi)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const length = packet.dataView.getUint16(packet.offset + 2, true)
  const inner = packet.dataView.getUint32(packet.offset + 4, true)
  packet.offset += Math.max(length, 8)
  return decodeLinkType(packet, inner)
}

/** IP without a link header, or PPP with one. */
function decodeRaw(packet: Packet): number {
  markProtocol(packet, Protocol.raw)
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  return uint16(packet.data, packet.offset) === PPP_HEADER ? LAYER_PPP : LAYER_IP
}
