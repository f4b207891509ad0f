import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { LAYER_DONE, LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6 } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, stop } from './stop-reasons.ts'

const MPLS = Protocol.mpls
const ALERT_LABEL = 14
const CONTROL_WORD_BYTES = 4
/** EtherTypes by which Ethernet in a pseudowire is recognised. */
const carriedTypes: readonly number[] = [0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8847, 0x8863, 0x8864]

/** MPLS label stack (RFC 3032); what is below it can only be guessed from its first nibble (RFC 4928). */
export function decodeMpls(packet: Packet): number {
  if (isCaptured(packet, 4)) markProtocol(packet, MPLS)
  let isBottom = false
  let label = 0
  while (!isBottom) {
    if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
    label = uint16(packet.data, packet.offset) * 16 + (packet.data[packet.offset + 2] >> 4)
    isBottom = (packet.data[packet.offset + 2] & 1) === 1
    packet.offset += 4
  }
  if (label === ALERT_LABEL || !isCaptured(packet, 1)) return LAYER_DONE
  switch (packet.data[packet.offset] >> 4) {
    case 1:
      return decodeAssociatedChannel(packet)
    case 4:
      return LAYER_IPV4
    case 6:
      return LAYER_IPV6
    default:
      return decodePseudowire(packet)
  }
}

/** Associated channel of a pseudowire (RFC 4385 §5), which may carry IP. */
function decodeAssociatedChannel(packet: Packet): number {
  if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
  const type = uint16(packet.data, packet.offset + 2)
  packet.offset += 4
  if (type === 0x21) return LAYER_IPV4
  return type === 0x57 ? LAYER_IPV6 : stop(packet, STOP_ETHERTYPE)
}

/** Ethernet in a pseudowire, with (RFC 4448 §4.6) or without a control word. */
function decodePseudowire(packet: Packet): number {
  const mayHaveControlWord = packet.data[packet.offset] >> 4 === 0
  const plain = likenessToEthernet(packet, packet.offset)
  if (!mayHaveControlWord) return plain > 0 ? LAYER_ETHERNET : stop(packet, STOP_ETHERTYPE)
  if (plain <= likenessToEthernet(packet, packet.offset + CONTROL_WORD_BYTES)) packet.offset += CONTROL_WORD_BYTES
  return LAYER_ETHERNET
}

/** 2 when an EtherType stands where it should, 1 when it can be the length of an 802.3 frame, else 0. */
function likenessToEthernet(packet: Packet, offset: number): number {
  if (offset + 14 > packet.dataEnd) return 0
  const type = uint16(packet.data, offset + 12)
  return carriedTypes.includes(type) ? 2 : type <= 1500 ? 1 : 0
}
