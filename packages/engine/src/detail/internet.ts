import { ipv4Text, ipv6Text } from '../text/addresses.ts'
import {
  type DetailNode,
  type Dissected,
  type Dissector,
  field,
  header,
  hex,
  longWord,
  type NextLayer,
  word,
} from './node.ts'

const IPV6_BYTES = 40
const EXTENSIONS: readonly number[] = [0, 43, 60, 135]
const FRAGMENT = 44
const protocolNames: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  132: 'SCTP',
}

/** IPv4 (RFC 791) or IPv6 (RFC 8200), by the version that stands in it. */
export const internet: Dissector = (bytes, place) => {
  const version = bytes[place.start] >> 4
  if (place.end <= place.start) return null
  return version === 4 ? ipv4(bytes, place) : version === 6 ? ipv6(bytes, place) : null
}

function ipv4(bytes: Uint8Array, { start, end }: NextLayer): Dissected | null {
  const headerLength = (bytes[start] & 15) * 4
  if (headerLength < 20 || end - start < headerLength) return null
  const total = word(bytes, start + 2)
  const fragment = word(bytes, start + 6)
  const offset = (fragment & 0x1fff) * 8
  const isMore = (fragment & 0x2000) !== 0
  const number = bytes[start + 9]
  const [source, destination] = [address4(bytes, start + 12), address4(bytes, start + 16)]
  const ttl = bytes[start + 8]
  const node = header(`Internet Protocol Version 4, ${source} → ${destination}`, 'ip', start, headerLength, [
    field('Version', 4, start, 1),
    field('Header length', `${headerLength} bytes`, start, 1, `ip.hdr_len == ${headerLength}`),
    field('Differentiated services', hex(bytes[start + 1], 2), start + 1, 1, `ip.dsfield == ${bytes[start + 1]}`, [
      field('DSCP', bytes[start + 1] >> 2, start + 1, 1, `ip.dsfield.dscp == ${bytes[start + 1] >> 2}`),
      field('ECN', bytes[start + 1] & 3, start + 1, 1, `ip.dsfield.ecn == ${bytes[start + 1] & 3}`),
    ]),
    field('Total length', total, start + 2, 2, `ip.len == ${total}`),
    field('Identification', hex(word(bytes, start + 4), 4), start + 4, 2, `ip.id == ${word(bytes, start + 4)}`),
    field('Flags', hex(fragment >> 13, 1), start + 6, 1, null, [
      field('Do not fragment', (fragment >> 14) & 1, start + 6, 1, `ip.flags.df == ${(fragment >> 14) & 1}`),
      field('More fragments', isMore ? 1 : 0, start + 6, 1, `ip.flags.mf == ${isMore ? 1 : 0}`),
    ]),
    field('Fragment offset', `${offset} bytes`, start + 6, 2, `ip.frag_offset == ${offset}`),
    field('Time to live', ttl, start + 8, 1, `ip.ttl == ${ttl}`),
    field('Protocol', named(number), start + 9, 1, `ip.proto == ${number}`),
    field('Header checksum', hex(word(bytes, start + 10), 4), start + 10, 2),
    field('Source', source, start + 12, 4, `ip.src == ${source}`),
    field('Destination', destination, start + 16, 4, `ip.dst == ${destination}`),
    ...(headerLength > 20 ? [field('Options', `${headerLength - 20} bytes`, start + 20, headerLength - 20)] : []),
  ])
  // a total length of zero is left to the network card (segmentation offload)
  const packetEnd = total === 0 ? end : Math.min(end, Math.max(start + total, start + headerLength))
  const next = { start: start + headerLength, end: packetEnd, number }
  return { node, next: { ...next, layer: offset > 0 || isMore ? 'data' : 'ip-protocol' } }
}

function ipv6(bytes: Uint8Array, { start, end }: NextLayer): Dissected | null {
  if (end - start < IPV6_BYTES) return null
  const payloadLength = word(bytes, start + 4)
  const [source, destination] = [address6(bytes, start + 8), address6(bytes, start + 24)]
  const trafficClass = (word(bytes, start) >> 4) & 0xff
  const fields: DetailNode[] = [
    field('Version', 6, start, 1),
    field('Traffic class', hex(trafficClass, 2), start, 2),
    field('Flow label', hex(longWord(bytes, start) & 0xfffff, 5), start + 1, 3),
    field('Payload length', payloadLength, start + 4, 2),
    field('Next header', named(bytes[start + 6]), start + 6, 1),
    field('Hop limit', bytes[start + 7], start + 7, 1),
    field('Source', source, start + 8, 16, `ipv6.src == ${source}`),
    field('Destination', destination, start + 24, 16, `ipv6.dst == ${destination}`),
  ]
  const packetEnd = payloadLength === 0 ? end : Math.min(end, start + IPV6_BYTES + payloadLength)
  let number = bytes[start + 6]
  let at = start + IPV6_BYTES
  let isFragment = false
  while (at + 8 <= packetEnd && !isFragment && (EXTENSIONS.includes(number) || number === FRAGMENT)) {
    const length = number === FRAGMENT ? 8 : (bytes[at + 1] + 1) * 8
    if (at + length > packetEnd) break
    isFragment = number === FRAGMENT && (word(bytes, at + 2) & 0xfff9) !== 0
    fields.push(field('Extension header', `${number}, ${length} bytes`, at, length))
    number = bytes[at]
    at += length
  }
  const node = header(`Internet Protocol Version 6, ${source} → ${destination}`, 'ipv6', start, at - start, fields)
  return { node, next: { layer: isFragment ? 'data' : 'ip-protocol', start: at, end: packetEnd, number } }
}

const ICMP_BYTES = 8
/** ICMP (RFC 792); what an error quotes stays bytes. */
export const icmp: Dissector = (bytes, place) =>
  icmpOf(bytes, place, 'icmp', 'Internet Control Message Protocol', [0, 8])
/** ICMPv6 (RFC 4443). */
export const icmpv6: Dissector = (bytes, place) =>
  icmpOf(bytes, place, 'icmpv6', 'Internet Control Message Protocol v6', [128, 129])

function icmpOf(
  bytes: Uint8Array,
  { start, end }: NextLayer,
  filter: string,
  label: string,
  echoes: readonly number[],
): Dissected | null {
  if (end - start < ICMP_BYTES) return null
  const type = bytes[start]
  const isEcho = echoes.includes(type)
  const code = bytes[start + 1]
  const node = header(`${label}, type ${type}, code ${code}`, filter, start, ICMP_BYTES, [
    field('Type', type, start, 1, `${filter}.type == ${type}`),
    field('Code', code, start + 1, 1, `${filter}.code == ${code}`),
    field('Checksum', hex(word(bytes, start + 2), 4), start + 2, 2),
    ...(isEcho
      ? [
          field('Identifier', hex(word(bytes, start + 4), 4), start + 4, 2),
          field('Sequence number', word(bytes, start + 6), start + 6, 2),
        ]
      : [field('Rest of the header', hex(longWord(bytes, start + 4), 8), start + 4, 4)]),
  ])
  return { node, next: { layer: 'data', start: start + ICMP_BYTES, end } }
}

/** GRE (RFC 2784, RFC 2890). */
export const gre: Dissector = (bytes, { start, end }) => {
  if (end - start < 4) return null
  const flags = word(bytes, start)
  const type = word(bytes, start + 2)
  const length = 4 + [0x8000, 0x2000, 0x1000].filter((bit) => (flags & bit) !== 0).length * 4
  if ((flags & 7) !== 0 || end - start < length) return null
  const node = header('Generic Routing Encapsulation', 'gre', start, length, [
    field('Flags', hex(flags, 4), start, 2),
    field('Protocol type', hex(type, 4), start + 2, 2),
  ])
  const layer = type === 0x800 || type === 0x86dd ? 'ip' : type === 0x6558 ? 'ethernet' : 'data'
  return { node, next: { layer, start: start + length, end } }
}

function named(number: number): string {
  const name = protocolNames[number]
  return name === undefined ? String(number) : `${number} (${name})`
}

function address4(bytes: Uint8Array, at: number): string {
  return ipv4Text(longWord(bytes, at) | 0)
}

function address6(bytes: Uint8Array, at: number): string {
  return ipv6Text(
    Int32Array.from([0, 4, 8, 12], (offset) => longWord(bytes, at + offset)),
    0,
  )
}
