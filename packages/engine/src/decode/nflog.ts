import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { layerOfEtherType } from './ethernet.ts'
import { STOP_CUT, stop } from './stop-reasons.ts'

const NFULA_PACKET_HDR = 1
const NFULA_PAYLOAD = 9
const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
const AF_INET = 2
const AF_INET6 = 10

/** Linux netfilter log (LINKTYPE_NFLOG): attributes in host byte order, the packet is one of them. */
export function decodeNflog(packet: Packet): number {
  markProtocol(packet, Protocol.nflog)
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  const family = packet.data[packet.offset]
  let type = family === AF_INET ? ETHERTYPE_IPV4 : family === AF_INET6 ? ETHERTYPE_IPV6 : 0
  packet.offset += 4
  while (isCaptured(packet, 4)) {
    const length = packet.dataView.getUint16(packet.offset, true)
    const attribute = packet.dataView.getUint16(packet.offset + 2, true) & 0x7fff
    if (length < 4) break
    if (attribute === NFULA_PACKET_HDR && isCaptured(packet, 6)) type = uint16(packet.data, packet.offset + 4) || type
    if (attribute === NFULA_PAYLOAD) {
      packet.offset += 4
      return layerOfEtherType(packet, type)
    }
    packet.offset += (length + 3) & ~3
  }
  return stop(packet, STOP_CUT)
}
