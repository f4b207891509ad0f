import { ipv4Text, macText } from '../text/addresses.ts'
import { type DetailNode, type Dissector, field, header, hex, type NextLayer, word } from './node.ts'

const ETHERNET_BYTES = 14
const VLAN_BYTES = 4
const ARP_BYTES = 28
/** From this number on it is a type, below a length (IEEE 802.3 §3.2.6). */
const LEAST_TYPE = 0x600
const VLAN_TYPES: readonly number[] = [0x8100, 0x88a8, 0x9100]
const typeNames: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  33024: '802.1Q',
  34525: 'IPv6',
  34887: 'MPLS',
  34916: 'PPPoE session',
  34984: '802.1ad',
  35020: 'LLDP',
}

/** Ethernet (IEEE 802.3 §3). */
export const ethernet: Dissector = (bytes, { start, end }) => {
  if (end - start < ETHERNET_BYTES) return null
  const type = word(bytes, start + 12)
  const node = header('Ethernet', 'eth', start, ETHERNET_BYTES, [
    mac('Destination', 'eth.dst', bytes, start),
    mac('Source', 'eth.src', bytes, start + 6),
    typeField(type, start + 12),
  ])
  return { node, next: behindType(type, start + ETHERNET_BYTES, end) }
}

/** What an EtherType announces: a tag of 802.1Q is read here, all else by its own dissector. */
export const etherType: Dissector = (bytes, { start, end, number = 0 }) => {
  if (!VLAN_TYPES.includes(number) || end - start < VLAN_BYTES) return null
  const control = word(bytes, start)
  const type = word(bytes, start + 2)
  const id = control & 0xfff
  const node = header(`802.1Q, id ${id}`, 'vlan', start, VLAN_BYTES, [
    field('Priority', control >> 13, start, 2),
    field('Drop eligible', (control >> 12) & 1, start, 2),
    field('Id', id, start, 2, `vlan.id == ${id}`),
    typeField(type, start + 2),
  ])
  return { node, next: behindType(type, start + VLAN_BYTES, end) }
}

/** Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL). */
export const linuxCooked: Dissector = (bytes, { start, end }) => {
  if (end - start < 16) return null
  const type = word(bytes, start + 14)
  const node = header('Linux cooked capture', 'sll', start, 16, [
    field('Packet type', word(bytes, start), start, 2),
    field('Link-layer address type', word(bytes, start + 2), start + 2, 2),
    field('Link-layer address length', word(bytes, start + 4), start + 4, 2),
    field('Protocol', hex(type, 4), start + 14, 2),
  ])
  return { node, next: behindType(type, start + 16, end) }
}

/** Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
export const linuxCooked2: Dissector = (bytes, { start, end }) => {
  if (end - start < 20) return null
  const type = word(bytes, start)
  const node = header('Linux cooked capture v2', 'sll', start, 20, [
    field('Protocol', hex(type, 4), start, 2),
    field('Interface index', (word(bytes, start + 4) << 16) | word(bytes, start + 6), start + 4, 4),
    field('Packet type', bytes[start + 10], start + 10, 1),
  ])
  return { node, next: behindType(type, start + 20, end) }
}

/** BSD loopback: a family in the byte order of the machine. */
export const nullLoopback: Dissector = (_bytes, { start, end }) => {
  if (end - start < 4) return null
  return { node: header('Loopback', 'null', start, 4, []), next: { layer: 'ip', start: start + 4, end } }
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export const arp: Dissector = (bytes, { start, end }) => {
  if (end - start < ARP_BYTES || word(bytes, start) !== 1 || word(bytes, start + 2) !== 0x800) return null
  const opcode = word(bytes, start + 6)
  const name = opcode === 1 ? 'request' : opcode === 2 ? 'reply' : `opcode ${opcode}`
  const node = header(`Address Resolution Protocol, ${name}`, 'arp', start, ARP_BYTES, [
    field('Hardware type', 1, start, 2),
    field('Protocol type', '0x0800', start + 2, 2),
    field('Opcode', `${opcode} (${name})`, start + 6, 2, `arp.opcode == ${opcode}`),
    field('Sender hardware address', macText(bytes, start + 8), start + 8, 6),
    ip('Sender address', 'arp.src.proto_ipv4', bytes, start + 14),
    field('Target hardware address', macText(bytes, start + 18), start + 18, 6),
    ip('Target address', 'arp.dst.proto_ipv4', bytes, start + 24),
  ])
  return { node, next: end > start + ARP_BYTES ? { layer: 'data', start: start + ARP_BYTES, end } : null }
}

function mac(label: string, name: string, bytes: Uint8Array, at: number): DetailNode {
  const text = macText(bytes, at)
  return field(label, text, at, 6, `${name} == ${text}`)
}

function ip(label: string, name: string, bytes: Uint8Array, at: number): DetailNode {
  const text = ipv4Text((word(bytes, at) << 16) | word(bytes, at + 2))
  return field(label, text, at, 4, `${name} == ${text}`)
}

function typeField(type: number, at: number): DetailNode {
  if (type < LEAST_TYPE) return field('Length', type, at, 2)
  const name = typeNames[type]
  return field('Type', name === undefined ? hex(type, 4) : `${hex(type, 4)} (${name})`, at, 2)
}

function behindType(type: number, start: number, end: number): NextLayer {
  if (type === 0x800 || type === 0x86dd) return { layer: 'ip', start, end }
  if (type === 0x806) return { layer: 'arp', start, end }
  return VLAN_TYPES.includes(type) ? { layer: 'ethertype', number: type, start, end } : { layer: 'data', start, end }
}
