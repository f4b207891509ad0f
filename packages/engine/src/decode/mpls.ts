import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { isCaptured, uint16 } from './cursor.ts'
import { LAYER_DONE, LAYER_ETHERNET, LAYER_IPV4, LAYER_IPV6 } from './layer.ts'
import { STOP_CUT, STOP_ETHERTYPE, stop } from './stop-reasons.ts'

const MPLS = Protocol.mpls
const CONTROL_WORD_BYTES = 4

/** MPLS label stack (RFC 3032); what is below it can only be guessed from its first nibble (RFC 4928). */
export function decodeMpls(packet: Packet): number {
  markProtocol(packet, MPLS)
  let isBottom = false
  while (!isBottom) {
    if (!isCaptured(packet, 4)) return stop(packet, STOP_CUT)
    isBottom = (packet.data[packet.offset + 2] & 1) === 1
    packet.offset += 4
  }
  if (!isCaptured(packet, 1)) return LAYER_DONE
  switch (packet.data[packet.offset] >> 4) {
    case 4:
      return LAYER_IPV4
    case 6:
      return LAYER_IPV6
    default:
      return decodePseudowire(packet)
  }
}

/** Ethernet in a pseudowire, with (RFC 4448 §4.6) or without a control word. */
function decodePseudowire(packet: Packet): number {
  const hasControlWord = packet.data[packet.offset] >> 4 === 0
  if (hasControlWord && looksLikeEthernet(packet, packet.offset + CONTROL_WORD_BYTES))
    packet.offset += CONTROL_WORD_BYTES
  else if (!looksLikeEthernet(packet, packet.offset)) return stop(packet, STOP_ETHERTYPE)
  return LAYER_ETHERNET
}

function looksLikeEthernet(packet: Packet, offset: number): boolean {
  if (offset + 14 > packet.dataEnd) return false
  const type = uint16(packet.data, offset + 12)
  return (
    type === 0x0800 ||
    type === 0x86dd ||
    type === 0x0806 ||
    type === 0x8100 ||
    type === 0x88a8 ||
    type === 0x8847 ||
    type <= 1500
  )
}
