import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { LAYER_ETHERNET, LAYER_IPV4, LAYER_PPP, LAYER_WLAN } from './layer.ts'
import { STOP_CUT, STOP_TUNNEL, stop } from './stop-reasons.ts'

const GRE = Protocol.gre
const ERSPAN = Protocol.erspan
const HAS_CHECKSUM = 0x8000
const HAS_ROUTING = 0x4000
const HAS_KEY = 0x2000
const HAS_SEQUENCE = 0x1000
const HAS_ACKNOWLEDGMENT = 0x0080
const WCCP = 0x883e
const ERSPAN_I_II = 0x88be
const ERSPAN_III = 0x22eb

/** GRE (RFC 2784, RFC 2890), version 1 (RFC 2637) included. */
export function decodeGre(packet: Packet): number {
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  markProtocol(packet, GRE)
  const { data } = packet
  const flags = uint16(data, packet.offset)
  const type = uint16(data, packet.offset + 2)
  let length = 4
  if ((flags & (HAS_CHECKSUM | HAS_ROUTING)) !== 0) length += 4
  if ((flags & HAS_KEY) !== 0) length += 4
  if ((flags & HAS_SEQUENCE) !== 0) length += 4
  if ((flags & HAS_ACKNOWLEDGMENT) !== 0 && (flags & 7) === 1) length += 4
  if (!isCaptured(packet, length)) return stop(packet, STOP_CUT)
  packet.offset += length
  if ((flags & HAS_ROUTING) !== 0 && !skipRouting(packet)) return stop(packet, STOP_CUT)
  if (packet.offset >= packet.reportedEnd) return 0
  if (type === ERSPAN_I_II || type === ERSPAN_III) return decodeErspan(packet, type, (flags & HAS_SEQUENCE) !== 0)
  return layerOfGrePayload(packet, type)
}

/** Dispatch on the protocol type of GRE; the cursor stands behind the header. */
export function layerOfGrePayload(packet: Packet, type: number): number {
  if (type === WCCP) {
    // WCCP version 2 puts four bytes in front of the IP header; version 1 none
    if (isCaptured(packet, 1) && packet.data[packet.offset] >> 4 !== 4) packet.offset += 4
    return LAYER_IPV4
  }
  if (type === 0x880b) return LAYER_PPP
  if (isArubaType(type)) return LAYER_WLAN
  return isGrePayload(type) ? layerOfEtherType(packet, type) : stop(packet, STOP_TUNNEL)
}

/** EtherTypes that mean the same behind GRE. Tags and PPPoE do not occur there. */
function isGrePayload(type: number): boolean {
  return type === 0x0800 || type === 0x86dd || type === 0x0806 || type === 0x6558 || type === 0x8847 || type === 0x8848
}

/** EtherTypes that Aruba access points use for 802.11 frames in GRE. */
function isArubaType(type: number): boolean {
  return (
    (type >= 0x8200 && type <= 0x8ff0 && (type & 0xf) === 0 && type !== 0x8870) ||
    type === 0x9000 ||
    (type >= 0x9100 && type <= 0x9ff0)
  )
}

/** Source route entries until the one of length zero (RFC 1701). */
function skipRouting(packet: Packet): boolean {
  while (isCaptured(packet, 4)) {
    const length = packet.data[packet.offset + 3]
    packet.offset += 4 + length
    if (length === 0) return true
  }
  return false
}

/** Mirrored frames in GRE (draft-foschiano-erspan): type I has no header, II eight bytes, III twelve and an optional eight. */
function decodeErspan(packet: Packet, type: number, hasHeader: boolean): number {
  markProtocol(packet, ERSPAN)
  if (type === ERSPAN_I_II && !hasHeader) return LAYER_ETHERNET
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const version = packet.data[packet.offset] >> 4
  if (version === 1) {
    packet.offset += 8
    return LAYER_ETHERNET
  }
  if (version !== 2) return stop(packet, STOP_TUNNEL)
  if (!isCaptured(packet, 12)) return stop(packet, STOP_CUT)
  const hasSubheader = (packet.data[packet.offset + 11] & 1) === 1
  const frameType = (uint16(packet.data, packet.offset + 10) >> 10) & 0x1f
  packet.offset += hasSubheader ? 20 : 12
  return frameType === 0 ? LAYER_ETHERNET : stop(packet, STOP_TUNNEL)
}
