import { Header, OPTIONS_OFFSET } from './header'

const ETHERNET_BYTES = 14
const TAG_BYTES = 4
const IPV4_BYTES = 20
const IPV6_BYTES = 40
const TCP_BYTES = 20
const UDP_BYTES = 8
export const TCP = 6
export const UDP = 17
const IPV4_WITHOUT_OPTIONS = 0x45
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff
const MOST_CAPTURED_OPTIONS = 40

/** What the frame decoded last was: its transport protocol, 802.1Q tag or -1, and captured payload: where it is, and its bytes. */
export let transport: i32 = TCP
export let vlanId: i32 = -1
export let payloadPointer: usize = 0
export let capturedPayload: i32 = 0

@inline
function u16At(at: usize): i32 {
  return <i32>bswap<u16>(load<u16>(at))
}

@inline
function i32At(at: usize): i32 {
  return bswap<i32>(load<i32>(at))
}

/**
 * The frames that most captures are made of: a whole TCP or UDP header in one whole IPv4 packet without options, or right behind an IPv6
 * header, in Ethernet with at most one 802.1Q tag, and nothing odd about any length. Writes the header as the host's decoding would.
 * Returns false when the frame is anything else; that is the host's to decode.
 */
export function decodePlainFrame(header: Header, frame: usize, captured: i32, wire: i32): bool {
  if (captured < ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES) return false
  let link: i32 = ETHERNET_BYTES
  let type = load<u16>(frame, 12)
  vlanId = -1
  if (type === 0x0081) {
    vlanId = u16At(frame + 14) & 0xfff
    link += TAG_BYTES
    type = load<u16>(frame, 16)
  }
  // EtherTypes as they stand in little-endian memory
  if (type === 0x0008) return decodeIpv4(header, frame, link, captured, wire)
  return type === 0xdd86 && decodeIpv6(header, frame, link, captured, wire)
}

function decodeIpv4(header: Header, frame: usize, link: i32, captured: i32, wire: i32): bool {
  const at = frame + link
  if (captured < link + IPV4_BYTES + UDP_BYTES) return false
  if (load<u8>(at) !== IPV4_WITHOUT_OPTIONS) return false
  if ((u16At(at + 6) & MORE_FRAGMENTS_OR_OFFSET) !== 0) return false
  const packetBytes = u16At(at + 2)
  if (link + packetBytes > wire) return false
  header.ipVersion = 4
  header.source = i32At(at + 12)
  header.destination = i32At(at + 16)
  header.identification = u16At(at + 4)
  return decodeTransport(load<u8>(at, 9), header, at + IPV4_BYTES, packetBytes - IPV4_BYTES, captured - link - IPV4_BYTES)
}

function decodeIpv6(header: Header, frame: usize, link: i32, captured: i32, wire: i32): bool {
  const at = frame + link
  if (captured < link + IPV6_BYTES + UDP_BYTES) return false
  if (load<u8>(at) >> 4 !== 6) return false
  const payloadBytes = u16At(at + 4)
  if (link + IPV6_BYTES + payloadBytes > wire) return false
  header.ipVersion = 6
  header.source = i32At(at + 8)
  header.source1 = i32At(at + 12)
  header.source2 = i32At(at + 16)
  header.source3 = i32At(at + 20)
  header.destination = i32At(at + 24)
  header.destination1 = i32At(at + 28)
  header.destination2 = i32At(at + 32)
  header.destination3 = i32At(at + 36)
  header.identification = 0
  return decodeTransport(load<u8>(at, 6), header, at + IPV6_BYTES, payloadBytes, captured - link - IPV6_BYTES)
}

@inline
function decodeTransport(protocol: i32, header: Header, at: usize, reported: i32, captured: i32): bool {
  transport = protocol
  if (protocol === TCP) return decodeTcp(header, at, reported, captured)
  return protocol === UDP && decodeUdp(header, at, reported, captured)
}

/** `reported` bytes were on the wire from here on, `captured` of them and of what follows them are there. */
function decodeTcp(header: Header, at: usize, reported: i32, captured: i32): bool {
  if (captured < TCP_BYTES) return false
  const offsetAndFlags = u16At(at + 12)
  const headerBytes = (offsetAndFlags >> 12) << 2
  if (headerBytes < TCP_BYTES || reported < headerBytes || captured < headerBytes) return false
  const ports = i32At(at)
  header.sourcePort = ports >>> 16
  header.destinationPort = ports & 0xffff
  header.sequence = i32At(at + 4)
  header.acknowledgment = i32At(at + 8)
  header.tcpFlags = offsetAndFlags & 0xfff
  header.window = u16At(at + 14)
  header.tcpHeaderLength = headerBytes
  header.payloadLength = reported - headerBytes
  header.lengthKnown = 1
  header.isQuoted = 0
  header.checksum = u16At(at + 16)
  payloadPointer = at + headerBytes
  capturedPayload = min(reported, captured) - headerBytes
  header.optionBytes = min(min(reported, captured) - TCP_BYTES, MOST_CAPTURED_OPTIONS)
  const options = changetype<usize>(header) + OPTIONS_OFFSET
  for (let i: i32 = TCP_BYTES; i < headerBytes; i += 4) store<i32>(options + <usize>(i - TCP_BYTES), load<i32>(at + <usize>i))
  return true
}

/** The same for UDP, where the length must be that of the packet. */
function decodeUdp(header: Header, at: usize, reported: i32, captured: i32): bool {
  if (reported < UDP_BYTES || u16At(at + 4) !== reported) return false
  const ports = i32At(at)
  header.sourcePort = ports >>> 16
  header.destinationPort = ports & 0xffff
  header.payloadLength = reported - UDP_BYTES
  payloadPointer = at + UDP_BYTES
  capturedPayload = min(reported, captured) - UDP_BYTES
  return true
}
