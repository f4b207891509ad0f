import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { layerOfGrePayload } from './gre.ts'
import { LAYER_ETHERNET, LAYER_LLC } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, stop } from './stop-reasons.ts'

const SLL = Protocol.sll
const SLL_HEADER_BYTES = 16
const SLL2_HEADER_BYTES = 20
const ARPHRD_IPGRE = 778
const ARPHRD_NETLINK = 824
const ETH_P_ALL = 3
const ETH_P_802_2 = 4

/** Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL). */
export function decodeLinuxCooked(packet: Packet): number {
  if (!isCaptured(packet, SLL_HEADER_BYTES)) return stop(packet, STOP_CUT)
  const hardware = uint16(packet.data, packet.offset + 2)
  const protocol = uint16(packet.data, packet.offset + 14)
  packet.offset += SLL_HEADER_BYTES
  return layerOfCooked(packet, hardware, protocol)
}

/** Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
export function decodeLinuxCookedV2(packet: Packet): number {
  if (!isCaptured(packet, SLL2_HEADER_BYTES)) return stop(packet, STOP_CUT)
  const protocol = uint16(packet.data, packet.offset)
  const hardware = uint16(packet.data, packet.offset + 8)
  packet.offset += SLL2_HEADER_BYTES
  return layerOfCooked(packet, hardware, protocol)
}

function layerOfCooked(packet: Packet, hardware: number, protocol: number): number {
  if (hardware === ARPHRD_NETLINK) return stop(packet, STOP_ETHERTYPE)
  markProtocol(packet, SLL)
  if (hardware === ARPHRD_IPGRE) return layerOfGrePayload(packet, protocol)
  if (protocol === ETH_P_ALL) return LAYER_ETHERNET
  if (protocol === ETH_P_802_2) return LAYER_LLC
  if (protocol < 1536) return stop(packet, STOP_ETHERTYPE)
  return layerOfEtherType(packet, protocol)
}
