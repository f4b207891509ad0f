import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured } from './cursor.ts'
import { LAYER_IPV4, LAYER_IPV6 } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, stop } from './stop-reasons.ts'

const NFULA_PAYLOAD = 9
const AF_INET = 2
const AF_INET6 = 10

/** Linux netfilter log (LINKTYPE_NFLOG): attributes in host byte order, the packet is one of them. */
export function decodeNflog(packet: Packet): number {
  markProtocol(packet, Protocol.nflog)
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  const family = packet.data[packet.offset]
  packet.offset += 4
  while (isCaptured(packet, 4)) {
    const length = packet.dataView.getUint16(packet.offset, true)
    const type = packet.dataView.getUint16(packet.offset + 2, true) & 0x7fff
    if (length < 4) break
    if (type === NFULA_PAYLOAD) {
      packet.offset += 4
      if (family === AF_INET) return LAYER_IPV4
      return family === AF_INET6 ? LAYER_IPV6 : stop(packet, STOP_ETHERTYPE)
    }
    packet.offset += (length + 3) & ~3
  }
  return stop(packet, STOP_CUT)
}
