import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { capLength, isCaptured, uint16 } from './cursor.ts'
import { STOP_CUT, STOP_UDP_LENGTH, stop } from './stop-reasons.ts'

const UDP = Protocol.udp
const HEADER_BYTES = 8
const PORT_BYTES = 4

/**
 * UDP header (RFC 768) at the cursor; its length field ends what follows.
 * @returns false when the header is incomplete or its length is impossible.
 */
export function decodeUdp(packet: Packet): boolean {
  if (isCaptured(packet, PORT_BYTES)) markProtocol(packet, UDP)
  packet.transportStart = packet.offset
  if (!isCaptured(packet, HEADER_BYTES)) {
    stop(packet, STOP_CUT)
    return false
  }
  const { data, offset } = packet
  packet.sourcePort = uint16(data, offset)
  packet.destinationPort = uint16(data, offset + 2)
  const length = uint16(data, offset + 4)
  const isJumbo = length === 0 && packet.ipLayers[packet.ipLayerStart] === 6 // RFC 2675 §4
  if (!isJumbo) {
    if (length < HEADER_BYTES) {
      stop(packet, STOP_UDP_LENGTH)
      return false
    }
    if (packet.lengthKnown) capLength(packet, length)
  }
  packet.offset = offset + HEADER_BYTES
  packet.payloadStart = packet.offset
  packet.payloadEnd = packet.dataEnd
  packet.payloadLength = packet.reportedEnd - packet.offset
  return true
}
