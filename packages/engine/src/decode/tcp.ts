import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { int32, isCaptured, uint16 } from './cursor.ts'
import { STOP_CUT, STOP_TCP_LENGTH, stop } from './stop-reasons.ts'

const TCP = Protocol.tcp
/** Ports to window: without them there is no stream. */
const LEAST_CAPTURED_BYTES = 16
const LEAST_HEADER_BYTES = 20
/** Without the ports a header is not shown at all. */
const PORT_BYTES = 4

export const TCP_FIN = 0x01
export const TCP_SYN = 0x02
export const TCP_RST = 0x04
export const TCP_PSH = 0x08
export const TCP_ACK = 0x10

/**
 * TCP header (RFC 9293 §3.1) at the cursor. Lengths come from the reported length, so a snap length changes none of them.
 * @returns false when too little was captured for a stream; then only the ports are set.
 */
export function decodeTcp(packet: Packet): boolean {
  if (isCaptured(packet, PORT_BYTES)) markProtocol(packet, TCP)
  packet.transportStart = packet.offset
  if (!isCaptured(packet, LEAST_CAPTURED_BYTES)) {
    stop(packet, STOP_CUT)
    return false
  }
  const { data, offset } = packet
  packet.sourcePort = uint16(data, offset)
  packet.destinationPort = uint16(data, offset + 2)
  packet.sequence = int32(data, offset + 4)
  packet.acknowledgment = int32(data, offset + 8)
  const offsetAndFlags = uint16(data, offset + 12)
  const headerLength = (offsetAndFlags >> 12) * 4
  packet.tcpFlags = offsetAndFlags & 0xfff
  packet.window = uint16(data, offset + 14)
  packet.tcpHeaderLength = headerLength
  const reportedLength = packet.reportedEnd - offset
  if (packet.lengthKnown && reportedLength < headerLength) packet.lengthKnown = false
  packet.payloadLength = packet.lengthKnown ? reportedLength - headerLength : 0
  packet.payloadStart = offset + headerLength
  packet.payloadEnd = packet.dataEnd
  if (headerLength < LEAST_HEADER_BYTES) stop(packet, STOP_TCP_LENGTH)
  return true
}
