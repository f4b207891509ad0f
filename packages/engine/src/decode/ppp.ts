import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { LAYER_DONE, LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6, LAYER_MPLS } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, STOP_PPP, stop } from './stop-reasons.ts'

const PPP = Protocol.ppp
const PPPOES = Protocol.pppoes

/** PPP frame, with or without address and control field (RFC 1661, RFC 1662). */
export function decodePpp(packet: Packet): number {
  if (isCaptured(packet, 1)) markProtocol(packet, PPP)
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  const address = packet.data[packet.offset]
  const control = packet.data[packet.offset + 1]
  if (address === 0xff && control === 0x03) packet.offset += 2
  return decodePppProtocol(packet)
}

/** PPP on a serial line, where Cisco's own framing also occurs: address 0x0f or 0x8f, then an EtherType. */
export function decodeSerialPpp(packet: Packet): number {
  if (isCaptured(packet, 4)) {
    const address = packet.data[packet.offset]
    if (address === 0x0f || address === 0x8f) {
      return decodeCiscoHdlc(packet)
    }
  }
  return decodePpp(packet)
}

/** Cisco HDLC: address, control, EtherType. */
export function decodeCiscoHdlc(packet: Packet): number {
  markProtocol(packet, Protocol.chdlc)
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  const type = uint16(packet.data, packet.offset + 2)
  packet.offset += 4
  const isCarried = type === 0x0800 || type === 0x86dd || type === 0x8847 || type === 0x8848 || type === 0x6558
  return isCarried ? layerOfEtherType(packet, type) : stop(packet, STOP_ETHERTYPE)
}

/** The protocol field, one byte or two, and what it announces. */
function decodePppProtocol(packet: Packet): number {
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
  markProtocol(packet, PPP)
  const { data } = packet
  let protocol = data[packet.offset]
  if (protocol & 1) {
    packet.offset += 1
  } else {
    if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
    protocol = uint16(data, packet.offset)
    packet.offset += 2
  }
  switch (protocol) {
    case 0x0021:
      return LAYER_IPV4
    case 0x0057:
      return LAYER_IPV6
    case 0x0281:
    case 0x0283:
      return LAYER_MPLS
    case 0x0031:
      return decodeBridging(packet)
    case 0x003d:
      return decodeMultilink(packet)
    case 0xc021: // link control
    case 0xc023: // password authentication
    case 0xc223: // challenge handshake authentication
    case 0x8021: // IP control
    case 0x8057: // IPv6 control
    case 0x80fd: // compression control
      return LAYER_DONE
    default:
      return stop(packet, STOP_PPP)
  }
}

/** Bridged frame (RFC 3518 §4.2): flags, kind of address, and for Ethernet the frame. */
function decodeBridging(packet: Packet): number {
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  const kind = packet.data[packet.offset + 1]
  packet.offset += 2
  return kind === 1 ? LAYER_ETHERNET : stop(packet, STOP_PPP)
}

/** Multilink header with long numbers (RFC 1990 §3); only a packet in one piece is followed. */
function decodeMultilink(packet: Packet): number {
  if (!isCaptured(packet, 5)) return stop(packet, STOP_CUT)
  const isWhole = (packet.data[packet.offset] & 0xc0) === 0xc0
  packet.offset += 4
  return isWhole ? decodePppProtocol(packet) : stop(packet, STOP_PPP)
}

/** PPPoE session header (RFC 2516 §4). Its length field ends what follows, even where the IP header claims more. */
export function decodePppoeSession(packet: Packet): number {
  if (!isCaptured(packet, 6)) return stop(packet, STOP_CUT)
  markProtocol(packet, PPPOES)
  const length = uint16(packet.data, packet.offset + 4)
  packet.offset += 6
  capLength(packet, length)
  return isCaptured(packet, 2) ? decodePppProtocol(packet) : stop(packet, STOP_CUT)
}
