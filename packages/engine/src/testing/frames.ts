/** Addresses and ports of one side of a conversation. */
export interface Endpoint {
  readonly mac?: string
  readonly address: string
  readonly port: number
}

export interface TcpFields {
  readonly sequence: number
  readonly acknowledgment?: number
  /** Letters of the flags that are set: S A F R P U E C; `A` when left out. */
  readonly flags?: string
  readonly window?: number
  /** Options as bytes; padded to a multiple of four. */
  readonly options?: readonly number[]
  readonly payload?: Uint8Array
  /** IPv4 identification; 0 when left out. */
  readonly identification?: number
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 }
const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
const TCP = 6
const UDP = 17
const ICMP = 1

/** An Ethernet frame that holds a TCP segment (RFC 9293 §3.1) over IPv4 or IPv6, checksums right. */
export function tcpFrame(from: Endpoint, to: Endpoint, fields: TcpFields): Uint8Array {
  const options = padded(fields.options ?? [])
  const payload = fields.payload ?? new Uint8Array(0)
  const segment = new Uint8Array(20 + options.length + payload.length)
  const view = new DataView(segment.buffer)
  view.setUint16(0, from.port)
  view.setUint16(2, to.port)
  view.setUint32(4, fields.sequence >>> 0)
  view.setUint32(8, (fields.acknowledgment ?? 0) >>> 0)
  let flags = 0
  for (const letter of fields.flags ?? 'A') flags |= FLAG_BITS[letter] ?? 0
  view.setUint16(12, ((5 + options.length / 4) << 12) | flags)
  view.setUint16(14, fields.window ?? 64_240)
  segment.set(options, 20)
  segment.set(payload, 20 + options.length)
  view.setUint16(16, transportChecksum(from.address, to.address, TCP, segment))
  return ipFrame(from, to, TCP, segment, fields.identification ?? 0)
}

/** An Ethernet frame that holds a UDP datagram (RFC 768). */
export function udpFrame(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(8 + payload.length)
  const view = new DataView(datagram.buffer)
  view.setUint16(0, from.port)
  view.setUint16(2, to.port)
  view.setUint16(4, datagram.length)
  datagram.set(payload, 8)
  view.setUint16(6, transportChecksum(from.address, to.address, UDP, datagram) || 0xffff)
  return ipFrame(from, to, UDP, datagram, 0)
}

/** An Ethernet frame that holds an ICMP message (RFC 792); the checksum in `message` is filled in. */
export function icmpFrame(from: string, to: string, message: Uint8Array): Uint8Array {
  const copy = message.slice()
  new DataView(copy.buffer).setUint16(2, 0)
  new DataView(copy.buffer).setUint16(2, checksum(copy))
  return ipFrame({ address: from, port: 0 }, { address: to, port: 0 }, ICMP, copy, 0)
}

/** A DNS message with one question and, in a response, one A record for each address (RFC 1035 §4). */
export function dnsMessage(
  id: number,
  name: string,
  answer?: { rcode?: number; addresses?: readonly string[] },
): Uint8Array {
  const question = [...name.split('.').flatMap((label) => [label.length, ...ascii(label)]), 0, 0, 1, 0, 1]
  const addresses = answer?.addresses ?? []
  const flags = answer === undefined ? 0x0100 : 0x8180 | (answer.rcode ?? 0)
  const header = [id >> 8, id & 255, flags >> 8, flags & 255, 0, 1, 0, addresses.length, 0, 0, 0, 0]
  const records = addresses.flatMap((address) => [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, ...addressBytes(address)])
  return Uint8Array.from([...header, ...question, ...records])
}

/** The frame with its IP packet in VLAN tags, outermost first (IEEE 802.1Q). */
export function inVlan(frame: Uint8Array, ...ids: readonly number[]): Uint8Array {
  const tags = ids.flatMap((id) => [0x81, 0x00, id >> 8, id & 255])
  return Uint8Array.from([...frame.subarray(0, 12), ...tags, ...frame.subarray(12)])
}

/** MSS, SACK permitted, timestamps and window scale, as a SYN carries them. */
export function synOptions(mss: number, shift: number, timestamp: number): number[] {
  return [2, 4, mss >> 8, mss & 255, 4, 2, ...timestamps(timestamp, 0), 1, 3, 3, shift]
}

/** Timestamp option (RFC 7323 §3), with the two no-operations in front that everybody sends. */
export function timestampOptions(value: number, echo: number): number[] {
  return [1, 1, ...timestamps(value, echo)]
}

function timestamps(value: number, echo: number): number[] {
  return [8, 10, ...int32Bytes(value), ...int32Bytes(echo)]
}

function ipFrame(
  from: Endpoint,
  to: Endpoint,
  protocol: number,
  payload: Uint8Array,
  identification: number,
): Uint8Array {
  const isV6 = from.address.includes(':')
  const packet = isV6
    ? ipv6Packet(from.address, to.address, protocol, payload)
    : ipv4Packet(from.address, to.address, protocol, payload, identification)
  const type = isV6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4
  return Uint8Array.from([...macBytes(to), ...macBytes(from), type >> 8, type & 255, ...packet])
}

function ipv4Packet(
  from: string,
  to: string,
  protocol: number,
  payload: Uint8Array,
  identification: number,
): Uint8Array {
  const packet = new Uint8Array(20 + payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = 0x45
  view.setUint16(2, packet.length)
  view.setUint16(4, identification)
  view.setUint16(6, 0x4000)
  packet[8] = 64
  packet[9] = protocol
  packet.set(addressBytes(from), 12)
  packet.set(addressBytes(to), 16)
  view.setUint16(10, checksum(packet.subarray(0, 20)))
  packet.set(payload, 20)
  return packet
}

function ipv6Packet(from: string, to: string, protocol: number, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(40 + payload.length)
  packet[0] = 0x60
  new DataView(packet.buffer).setUint16(4, payload.length)
  packet[6] = protocol
  packet[7] = 64
  packet.set(addressBytes(from), 8)
  packet.set(addressBytes(to), 24)
  packet.set(payload, 40)
  return packet
}

function transportChecksum(from: string, to: string, protocol: number, segment: Uint8Array): number {
  return checksum(
    Uint8Array.from([
      ...addressBytes(from),
      ...addressBytes(to),
      0,
      protocol,
      segment.length >> 8,
      segment.length & 255,
      ...segment,
    ]),
  )
}

/** Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function addressBytes(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number)
  const [head, tail] = address.split('::')
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [])
  const first = groups(head)
  const last = groups(tail)
  const middle = new Array<number>(tail === undefined ? 0 : 8 - first.length - last.length).fill(0)
  return [...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 255])
}

/** A locally administered address made from the IP address, unless the endpoint has one. */
function macBytes(endpoint: Endpoint): number[] {
  if (endpoint.mac !== undefined) return endpoint.mac.split(':').map((byte) => Number.parseInt(byte, 16))
  return [2, 0, ...addressBytes(endpoint.address).slice(-4)]
}

function padded(options: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((options.length + 3) & ~3)
  bytes.set(options)
  return bytes
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0))
}

function int32Bytes(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}
