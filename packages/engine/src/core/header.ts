import { uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'

// Offsets of the core's header in 32-bit words; the order is that of assembly/header.ts.
const SOURCE_PORT = 9
const DESTINATION_PORT = 10
const SEQUENCE = 11
const ACKNOWLEDGMENT = 12
const TCP_FLAGS = 13
const WINDOW = 14
const TCP_HEADER_LENGTH = 15
const PAYLOAD_LENGTH = 16
const LENGTH_KNOWN = 17
const IS_QUOTED = 18
const NUMBER = 19
const WIRE_LENGTH = 20
const CHECKSUM = 21
const IDENTIFICATION = 22
const OPTION_BYTES = 23
/** In doubles. */
const TIME = 12
export const HEADER_OPTIONS = 26

const FIXED_HEADER_BYTES = 20
const MOST_OPTION_BYTES = 40

/** Writes the addresses of the IP layer at `layer`, the frame's number, length and time. `at` is where the header starts. */
export function writeAddresses(
  words: Int32Array,
  doubles: Float64Array,
  at: number,
  packet: Packet,
  layer: number,
): void {
  const { ipLayers } = packet
  const version = ipLayers[layer]
  words[at] = version
  words[at + 1] = ipLayers[layer + 1]
  words[at + 5] = ipLayers[layer + 5]
  if (version !== 4) {
    words[at + 2] = ipLayers[layer + 2]
    words[at + 3] = ipLayers[layer + 3]
    words[at + 4] = ipLayers[layer + 4]
    words[at + 6] = ipLayers[layer + 6]
    words[at + 7] = ipLayers[layer + 7]
    words[at + 8] = ipLayers[layer + 8]
  }
  words[at + NUMBER] = packet.number
  words[at + WIRE_LENGTH] = packet.wireLength
  doubles[(at >> 1) + TIME] = packet.timeNs
}

/** Writes the UDP header that decoding found last. */
export function writeUdpHeader(words: Int32Array, doubles: Float64Array, at: number, packet: Packet): void {
  writeAddresses(words, doubles, at, packet, packet.ipLayerStart)
  words[at + SOURCE_PORT] = packet.sourcePort
  words[at + DESTINATION_PORT] = packet.destinationPort
  words[at + PAYLOAD_LENGTH] = packet.payloadLength
}

/** Writes the TCP header that decoding found last, with its options as far as they were captured. */
export function writeTcpHeader(
  words: Int32Array,
  doubles: Float64Array,
  options: Uint8Array,
  at: number,
  packet: Packet,
  ownView: boolean,
): void {
  writeUdpHeader(words, doubles, at, packet)
  words[at + SEQUENCE] = packet.sequence
  words[at + ACKNOWLEDGMENT] = packet.acknowledgment
  words[at + TCP_FLAGS] = packet.tcpFlags
  words[at + WINDOW] = packet.window
  words[at + TCP_HEADER_LENGTH] = packet.tcpHeaderLength
  words[at + LENGTH_KNOWN] = packet.lengthKnown ? 1 : 0
  words[at + IS_QUOTED] = packet.isQuoted ? 1 : 0
  if (ownView) {
    const checksumAt = packet.transportStart + 16
    words[at + CHECKSUM] = checksumAt + 2 <= packet.dataEnd ? uint16(packet.data, checksumAt) : 0
    words[at + IDENTIFICATION] = identificationOf(packet)
  }
  const start = packet.transportStart + FIXED_HEADER_BYTES
  const captured = Math.min(packet.dataEnd - start, MOST_OPTION_BYTES)
  words[at + OPTION_BYTES] = captured
  const length = packet.tcpHeaderLength - FIXED_HEADER_BYTES
  if (length <= 0 || captured <= 0) return
  if (captured >= length) {
    const { dataView } = packet
    for (let i = 0; i < length; i += 4) words[at + HEADER_OPTIONS + (i >> 2)] = dataView.getInt32(start + i, true)
  } else {
    for (let i = 0; i < captured; i++) options[i] = packet.data[start + i]
  }
}

/** Identification of the innermost IPv4 header, 0 where there is none or it says nothing (RFC 6864 §4.1). */
function identificationOf(packet: Packet): number {
  if (packet.ipLayers[packet.ipLayerStart] !== 4 || packet.ipHeaderStart < 0) return 0
  return uint16(packet.data, packet.ipHeaderStart + 4)
}
