import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { LAYER_DONE, LAYER_ETHERNET, LAYER_GRE, LAYER_IPV4, LAYER_IPV6, LAYER_MPLS, LAYER_PPP } from './layer.ts'
import { decodeAyiya, decodeCapwapData, decodeLisp, decodeTzsp } from './mirror-tunnels.ts'
import { STOP_CUT, STOP_TUNNEL, stop } from './stop-reasons.ts'

const GTP_USER_PDU = 255
const GTP_VERSION_AND_TYPE = 0xf0
/** Version 1, GTP and not GTP'. */
const GTP_USER_PLANE = 0x30

/** Walks into the payload of a UDP datagram when one of its ports belongs to a tunnel; the cursor stands at the payload. */
export function decodeUdpTunnel(packet: Packet): number {
  const { sourcePort, destinationPort } = packet
  const low = sourcePort < destinationPort ? sourcePort : destinationPort
  const high = sourcePort < destinationPort ? destinationPort : sourcePort
  return decodeTunnelOfPort(packet, low) || decodeTunnelOfPort(packet, high)
}

/** By the port of a tunnel, what walks into it. */
const tunnels: ReadonlyMap<number, (packet: Packet) => number> = new Map([
  [1701, decodeL2tp],
  [2152, decodeGtp],
  [3386, decodeOldGtp],
  [3544, decodeTeredo],
  [4341, decodeLisp],
  [4754, () => LAYER_GRE],
  [4789, decodeVxlan],
  [4790, decodeGenericVxlan],
  [5072, decodeAyiya],
  [5247, decodeCapwapData],
  [6081, decodeGeneve],
  [6635, () => LAYER_MPLS],
  [37008, decodeTzsp],
])

export function isTunnelPort(port: number): boolean {
  return tunnels.has(port)
}

/** The next layer, or {@link LAYER_DONE} when the port is not a tunnel's. */
function decodeTunnelOfPort(packet: Packet, port: number): number {
  return tunnels.get(port)?.(packet) ?? LAYER_DONE
}

/** VXLAN (RFC 7348 §5). */
function decodeVxlan(packet: Packet): number {
  markProtocol(packet, Protocol.vxlan)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  packet.offset += 8
  return LAYER_ETHERNET
}

/** VXLAN with a next protocol (draft-ietf-nvo3-vxlan-gpe). */
function decodeGenericVxlan(packet: Packet): number {
  markProtocol(packet, Protocol.vxlan)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const next = packet.data[packet.offset + 3]
  packet.offset += 8
  if (next === 1) return LAYER_IPV4
  if (next === 2) return LAYER_IPV6
  return next === 3 ? LAYER_ETHERNET : stop(packet, STOP_TUNNEL)
}

/** Geneve (RFC 8926 §3.4). */
function decodeGeneve(packet: Packet): number {
  markProtocol(packet, Protocol.geneve)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const optionsLength = (packet.data[packet.offset] & 0x3f) * 4
  const type = uint16(packet.data, packet.offset + 2)
  if (!isCaptured(packet, 8 + optionsLength)) return stop(packet, STOP_CUT)
  packet.offset += 8 + optionsLength
  return layerOfEtherType(packet, type)
}

/** GTP-U (3GPP TS 29.281 §5): only user PDUs carry packets. */
function decodeGtp(packet: Packet): number {
  markProtocol(packet, Protocol.gtp)
  if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
  const { data } = packet
  const flags = data[packet.offset]
  if ((flags & GTP_VERSION_AND_TYPE) !== GTP_USER_PLANE) return stop(packet, STOP_TUNNEL)
  if (data[packet.offset + 1] !== GTP_USER_PDU) return LAYER_DONE
  const length = uint16(data, packet.offset + 2)
  packet.offset += 8
  capLength(packet, length)
  if ((flags & 7) !== 0) {
    if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
    let next = (flags & 4) !== 0 ? data[packet.offset + 3] : 0
    packet.offset += 4
    while (next !== 0) {
      if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
      const extensionLength = data[packet.offset] * 4
      if (extensionLength === 0 || !isCaptured(packet, extensionLength)) return stop(packet, STOP_TUNNEL)
      next = data[packet.offset + extensionLength - 1]
      packet.offset += extensionLength
    }
  }
  return layerOfUserPdu(packet)
}

/** What a user PDU is can only be seen from its first bytes: IP, or an Ethernet frame. */
function layerOfUserPdu(packet: Packet): number {
  if (!isCaptured(packet, 1)) return stop(packet, STOP_CUT)
  const first = packet.data[packet.offset]
  if (first >= 0x45 && first <= 0x4e) return LAYER_IPV4
  if (first >> 4 === 6) return LAYER_IPV6
  if (!isCaptured(packet, 14)) return stop(packet, STOP_TUNNEL)
  const type = uint16(packet.data, packet.offset + 12)
  return type === 0x0800 || type === 0x86dd || type === 0x0806 ? LAYER_ETHERNET : stop(packet, STOP_TUNNEL)
}

/** GTP' and GTP version 0 (3GPP TS 29.060 §6): twenty bytes of header. */
function decodeOldGtp(packet: Packet): number {
  if (!isCaptured(packet, 20)) return LAYER_DONE
  const { data, offset } = packet
  if (data[offset] >> 5 !== 0 || data[offset + 1] !== GTP_USER_PDU) return LAYER_DONE
  const length = uint16(data, offset + 2)
  packet.offset += 20
  capLength(packet, length)
  return layerOfUserPdu(packet)
}

/** Teredo (RFC 4380 §5.1.1): authentication and origin indication may stand before the IPv6 header. */
function decodeTeredo(packet: Packet): number {
  const { data } = packet
  markProtocol(packet, Protocol.teredo)
  if (isCaptured(packet, 2) && uint16(data, packet.offset) === 1) {
    if (!isCaptured(packet, 13)) return stop(packet, STOP_CUT)
    packet.offset += 13 + data[packet.offset + 2] + data[packet.offset + 3]
  }
  if (isCaptured(packet, 2) && uint16(data, packet.offset) === 0) {
    if (!isCaptured(packet, 8)) return stop(packet, STOP_CUT)
    packet.offset += 8
  }
  if (!isCaptured(packet, 1)) return packet.offset < packet.reportedEnd ? stop(packet, STOP_CUT) : LAYER_DONE
  return LAYER_IPV6
}

/** L2TP version 2 data message (RFC 2661 §3.1). */
function decodeL2tp(packet: Packet): number {
  markProtocol(packet, Protocol.l2tp)
  if (!isCaptured(packet, 6)) return stop(packet, STOP_CUT)
  const { data } = packet
  const flags = uint16(data, packet.offset)
  if ((flags & 0xf) !== 2 || (flags & 0x8000) !== 0) return LAYER_DONE
  let length = 6
  if ((flags & 0x4000) !== 0) {
    capLength(packet, uint16(data, packet.offset + 2))
    length += 2
  }
  if ((flags & 0x0800) !== 0) length += 4
  if ((flags & 0x0200) !== 0) {
    if (!isCaptured(packet, length + 2)) return stop(packet, STOP_CUT)
    length += 2 + uint16(data, packet.offset + length)
  }
  if (!isCaptured(packet, length + 1)) return stop(packet, STOP_CUT)
  packet.offset += length
  return LAYER_PPP
}
