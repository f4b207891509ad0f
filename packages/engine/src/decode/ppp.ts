import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, isCaptured, uint16 } from './cursor.ts'
import { LAYER_DONE, LAYER_IPV4, LAYER_IPV6, LAYER_MPLS, LAYER_PPP } from './layer.ts'
import { STOP_CUT, STOP_PPP, stop } from './stop-reasons.ts'

const PPP = Protocol.ppp
const PPPOES = Protocol.pppoes

/** PPP frame, with or without address and control field (RFC 1661, RFC 1662). */
export function decodePpp(packet: Packet): number {
  markProtocol(packet, PPP)
  if (!isCaptured(packet, 2)) return stop(packet, STOP_CUT)
  const { data } = packet
  if (data[packet.offset] === 0xff && data[packet.offset + 1] === 0x03) packet.offset += 2
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
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

/** PPPoE session header (RFC 2516 §4). Its length field ends what follows, even where the IP header claims more. */
export function decodePppoeSession(packet: Packet): number {
  markProtocol(packet, PPPOES)
  if (!isCaptured(packet, 6)) return stop(packet, STOP_CUT)
  const length = uint16(packet.data, packet.offset + 4)
  packet.offset += 6
  capLength(packet, length)
  return LAYER_PPP
}
