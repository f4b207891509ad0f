import { addressBytes, type Host, type IpFields, internetChecksum, ipFrame } from './ip-frame.ts'

/** Addresses and ports of one side of a conversation. */
export interface Endpoint extends Host {
  readonly port: number
}

export interface TcpFields extends IpFields {
  readonly sequence: number
  readonly acknowledgment?: number
  /** Letters of the flags that are set: S A F R P U E C; `A` when left out. */
  readonly flags?: string
  readonly window?: number
  /** Options as bytes; padded to a multiple of four. */
  readonly options?: readonly number[]
  readonly payload?: Uint8Array
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128 }
const TCP = 6
const UDP = 17
const ICMP = 1
const ICMPV6 = 58

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
  return ipFrame(from, to, TCP, segment, fields)
}

/** An Ethernet frame that holds a UDP datagram (RFC 768). */
export function udpFrame(from: Endpoint, to: Endpoint, payload: Uint8Array, fields: IpFields = {}): Uint8Array {
  return ipFrame(from, to, UDP, udpDatagram(from, to, payload), fields)
}

/** A UDP header with its payload, to be put into packets or fragments. */
export function udpDatagram(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(8 + payload.length)
  const view = new DataView(datagram.buffer)
  view.setUint16(0, from.port)
  view.setUint16(2, to.port)
  view.setUint16(4, datagram.length)
  datagram.set(payload, 8)
  view.setUint16(6, transportChecksum(from.address, to.address, UDP, datagram) || 0xffff)
  return datagram
}

/** An Ethernet frame that holds an ICMP message, over IPv4 (RFC 792) or IPv6 (RFC 4443); the checksum in `message` is filled in. */
export function icmpFrame(from: string, to: string, message: Uint8Array, fields: IpFields = {}): Uint8Array {
  const copy = message.slice()
  const view = new DataView(copy.buffer)
  const isV6 = from.includes(':')
  view.setUint16(2, 0)
  view.setUint16(2, isV6 ? transportChecksum(from, to, ICMPV6, copy) : internetChecksum(copy))
  return ipFrame({ address: from }, { address: to }, isV6 ? ICMPV6 : ICMP, copy, fields)
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

function transportChecksum(from: string, to: string, protocol: number, segment: Uint8Array): number {
  const source = addressBytes(from)
  const bytes = new Uint8Array(2 * source.length + 4 + segment.length)
  bytes.set(source)
  bytes.set(addressBytes(to), source.length)
  bytes.set([0, protocol, segment.length >> 8, segment.length & 255], 2 * source.length)
  bytes.set(segment, 2 * source.length + 4)
  return internetChecksum(bytes)
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
