import { uint16 } from '../decode/cursor.ts'
import { IP_LAYER_WORDS, type Packet } from '../packet.ts'

export const CHECKSUM_UNKNOWN = 0
export const CHECKSUM_RIGHT = 1
/** Left to the network card: what stands there is the sum of the pseudo-header alone, or nothing. */
export const CHECKSUM_OFFLOADED = 2
export const CHECKSUM_WRONG = 3

const PROTOCOL_TCP = 6
const CHECKSUM_AT = 16
/** Payload that is summed; longer segments are only tested for offload. */
const MOST_PAYLOAD_BYTES = 2048

/** Verdict on the checksum of the TCP segment that decoding found last (RFC 9293 §3.1); unknown when it was not captured whole. */
export function tcpChecksum(packet: Packet): number {
  const { data, transportStart, payloadStart, payloadEnd, payloadLength } = packet
  if (!packet.lengthKnown || payloadEnd - payloadStart < payloadLength) return CHECKSUM_UNKNOWN
  const length = packet.tcpHeaderLength + payloadLength
  const addresses = addressSum(packet)
  const found = uint16(data, transportStart + CHECKSUM_AT)
  if (found === 0) return CHECKSUM_OFFLOADED
  const pseudo = addresses + PROTOCOL_TCP
  const isPartial = found === fold(pseudo + length) || found === fold(pseudo)
  if (payloadLength > MOST_PAYLOAD_BYTES) return isPartial ? CHECKSUM_OFFLOADED : CHECKSUM_UNKNOWN
  const sum = fold(pseudo + length + bytesSum(data, transportStart, transportStart + length))
  if (sum === 0xffff) return CHECKSUM_RIGHT
  return isPartial ? CHECKSUM_OFFLOADED : CHECKSUM_WRONG
}

/** Sum of the addresses of the innermost IP header as 16-bit words. */
function addressSum({ ipLayers, ipLayerStart }: Packet): number {
  let sum = 0
  for (let i = 1; i < IP_LAYER_WORDS; i++) {
    // IPv4 has one word of each address; the others belong to headers before
    if (ipLayers[ipLayerStart] === 4 && i !== 1 && i !== 5) continue
    const word = ipLayers[ipLayerStart + i]
    sum += (word >>> 16) + (word & 0xffff)
  }
  return sum
}

function bytesSum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0
  let at = start
  for (; at + 1 < end; at += 2) sum += uint16(bytes, at)
  return at < end ? sum + (bytes[at] << 8) : sum
}

/** One's complement sum (RFC 1071 §1). */
function fold(sum: number): number {
  let rest = sum
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16)
  return rest
}
