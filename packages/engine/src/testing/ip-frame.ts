/** A host as frames name it. */
export interface Host {
  /** A locally administered address made from the IP address when left out. */
  readonly mac?: string
  readonly address: string
}

export interface IpFields {
  /** IPv4 identification, or that of the fragment header of IPv6; 0 when left out. */
  readonly identification?: number
  /** TTL or hop limit; 64 when left out. */
  readonly hopLimit?: number
  /** Makes the packet a fragment; `offset` in bytes, a multiple of eight. */
  readonly fragment?: { readonly offset: number; readonly hasMore: boolean }
}

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
const IPV4_BYTES = 20
const IPV6_BYTES = 40
const FRAGMENT_HEADER_BYTES = 8
const FRAGMENT_HEADER = 44
const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000

/** An Ethernet frame that holds an IPv4 (RFC 791) or IPv6 (RFC 8200) packet. */
export function ipFrame(from: Host, to: Host, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
  const isV6 = from.address.includes(':')
  const packet = (isV6 ? ipv6Packet : ipv4Packet)(from.address, to.address, protocol, payload, fields)
  const frame = new Uint8Array(14 + packet.length)
  frame.set(macBytes(to))
  frame.set(macBytes(from), 6)
  new DataView(frame.buffer).setUint16(12, isV6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4)
  frame.set(packet, 14)
  return frame
}

function ipv4Packet(from: string, to: string, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
  const { identification = 0, hopLimit = 64, fragment } = fields
  const packet = new Uint8Array(IPV4_BYTES + payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x45
  view.setUint16(2, packet.length)
  view.setUint16(4, identification & 0xffff)
  view.setUint16(6, fragment ? (fragment.hasMore ? MORE_FRAGMENTS : 0) | (fragment.offset >> 3) : DONT_FRAGMENT)
  packet[8] = hopLimit
  packet[9] = protocol
  packet.set(addressBytes(from), 12)
  packet.set(addressBytes(to), 16)
  view.setUint16(10, internetChecksum(packet.subarray(0, IPV4_BYTES)))
  packet.set(payload, IPV4_BYTES)
  return packet
}

function ipv6Packet(from: string, to: string, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
  const { identification = 0, hopLimit = 64, fragment } = fields
  const extensionBytes = fragment ? FRAGMENT_HEADER_BYTES : 0
  const packet = new Uint8Array(IPV6_BYTES + extensionBytes + payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x60
  view.setUint16(4, extensionBytes + payload.length)
  packet[6] = fragment ? FRAGMENT_HEADER : protocol
  packet[7] = hopLimit
  packet.set(addressBytes(from), 8)
  packet.set(addressBytes(to), 24)
  if (fragment) {
    packet[IPV6_BYTES] = protocol
    view.setUint16(IPV6_BYTES + 2, fragment.offset | (fragment.hasMore ? 1 : 0))
    view.setUint32(IPV6_BYTES + 4, identification)
  }
  packet.set(payload, IPV6_BYTES + extensionBytes)
  return packet
}

/** Internet checksum (RFC 1071). */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** The 4 or 16 bytes of an IP address. */
export function addressBytes(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number)
  const [head, tail] = address.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [])
  const first = groups(head)
  const last = groups(tail)
  const middle = new Array<number>(tail === undefined ? 0 : 8 - first.length - last.length).fill(0)
  return [...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 255])
}

/** The 6 bytes of a hardware address, which is made from the IP address unless the host has one. */
export function macBytes({ mac, address }: Host): number[] {
  if (mac !== undefined) return mac.split(':').map((byte) => Number.parseInt(byte, 16))
  return [2, 0, ...addressBytes(address).slice(-4)]
}
