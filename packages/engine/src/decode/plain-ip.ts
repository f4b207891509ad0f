import { IP_LAYER_WORDS, type Packet } from '../packet.ts'
import { Protocol } from '../protocol-set.ts'
import { int32, uint16 } from './cursor.ts'

const LINKTYPE_ETHERNET = 1
const ETHERNET_BYTES = 14
const IPV4_BYTES = 20
const IPV6_BYTES = 40
const IPV4_WITHOUT_OPTIONS = 0x45
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff
const ETH_BIT = 1 << Protocol.eth
const IP_BIT = 1 << Protocol.ip
const IPV6_BIT = 1 << Protocol.ipv6
const TCP = 6
const UDP = 17

/**
 * The frames that most captures are made of: TCP or UDP in one whole IPv4 packet without options, or right behind an IPv6 header, in
 * untagged Ethernet. Leaves the packet as the walk through the single headers would, at the transport header, in one step.
 * @returns false when the frame is anything else; then nothing was changed.
 */
export function decodePlainIp(packet: Packet): boolean {
  const { bytes, start, end } = packet
  if (packet.linkType !== LINKTYPE_ETHERNET || end - start < ETHERNET_BYTES + IPV4_BYTES) return false
  const at = start + ETHERNET_BYTES
  const type = uint16(bytes, start + 12)
  if (type === 0x0800) return decodePlainIpv4(packet, bytes, at)
  return type === 0x86dd && decodePlainIpv6(packet, bytes, at)
}

function decodePlainIpv4(packet: Packet, bytes: Uint8Array, at: number): boolean {
  const protocol = bytes[at + 9]
  const totalLength = uint16(bytes, at + 2)
  if (
    bytes[at] !== IPV4_WITHOUT_OPTIONS ||
    (protocol !== TCP && protocol !== UDP) ||
    (uint16(bytes, at + 6) & MORE_FRAGMENTS_OR_OFFSET) !== 0 ||
    totalLength <= IPV4_BYTES
  )
    return false
  const end = at + totalLength
  if (packet.start + packet.wireLength <= at + IPV4_BYTES) return false
  const { ipLayers } = packet
  ipLayers[0] = 4
  ipLayers[1] = int32(bytes, at + 12)
  ipLayers[5] = int32(bytes, at + 16)
  packet.protocolsLow = ETH_BIT | IP_BIT
  packet.ipHeaderStart = at
  finish(packet, at + IPV4_BYTES, end, protocol)
  return true
}

function decodePlainIpv6(packet: Packet, bytes: Uint8Array, at: number): boolean {
  if (packet.end - at < IPV6_BYTES || bytes[at] >> 4 !== 6) return false
  const protocol = bytes[at + 6]
  if (protocol !== TCP && protocol !== UDP) return false
  const { ipLayers } = packet
  ipLayers[0] = 6
  for (let i = 0; i < IP_LAYER_WORDS - 1; i++) ipLayers[1 + i] = int32(bytes, at + 8 + 4 * i)
  packet.protocolsLow = ETH_BIT | IPV6_BIT
  packet.ipHeaderStart = -1
  packet.claimedEnd = at + IPV6_BYTES + uint16(bytes, at + 4)
  finish(packet, at + IPV6_BYTES, packet.claimedEnd, protocol)
  return true
}

/** Sets the cursor behind the IP header; the packet ends at `end`, if that is earlier than it ended so far. */
function finish(packet: Packet, offset: number, end: number, protocol: number): void {
  packet.ipLayerCount = 1
  packet.ipProtocol = protocol
  packet.offset = offset
  if (end >= packet.reportedEnd) return
  packet.reportedEnd = end
  if (packet.dataEnd > end) packet.dataEnd = end
}
