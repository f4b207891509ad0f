import { data, payload } from './application.ts'
import { gre, icmp, icmpv6, internet } from './internet.ts'
import { arp, ethernet, etherType, linuxCooked, linuxCooked2, nullLoopback } from './link.ts'
import type { DetailNode, Dissected, Dissector, LayerName, NextLayer } from './node.ts'
import { tcp, udp } from './transport.ts'

const MOST_LAYERS = 30
const dissectors: Readonly<Record<Exclude<LayerName, 'ip-protocol'>, Dissector>> = {
  ethernet,
  ethertype: etherType,
  'linux-cooked': linuxCooked,
  'linux-cooked-2': linuxCooked2,
  null: nullLoopback,
  ip: internet,
  arp,
  gre,
  icmp,
  icmpv6,
  tcp,
  udp,
  payload,
  data,
}
/** By LINKTYPE_ number; of others nothing is read. */
const links: Readonly<Record<number, LayerName>> = {
  0: 'null',
  1: 'ethernet',
  12: 'ip',
  101: 'ip',
  113: 'linux-cooked',
  228: 'ip',
  229: 'ip',
  276: 'linux-cooked-2',
}
/** By number of IP (IANA protocol numbers). */
const protocols: Readonly<Record<number, LayerName>> = {
  1: 'icmp',
  4: 'ip',
  6: 'tcp',
  17: 'udp',
  41: 'ip',
  47: 'gre',
  58: 'icmpv6',
}

/** A frame taken apart: every captured byte belongs to exactly one of the nodes. */
export interface Dissection {
  readonly nodes: readonly DetailNode[]
  /** Where the first payload of TCP or UDP begins, or bytes that are no header; the frame's length when there is none. */
  readonly payloadStart: number
}

/**
 * Takes one frame apart by its own bytes alone. Offsets count from its first byte. Headers that we know become trees; whatever we do not
 * read, or what is malformed or cut, is a node `Data`.
 */
export function dissect(bytes: Uint8Array, linkType: number): Dissection {
  const nodes: DetailNode[] = []
  let payloadStart = bytes.length
  let place: NextLayer | null = { layer: links[linkType] ?? 'data', start: 0, end: bytes.length }
  let read = 0
  while (place !== null && nodes.length < MOST_LAYERS) {
    const layer = layerOf(place)
    if (layer === 'payload' || layer === 'data') payloadStart = Math.min(payloadStart, place.start)
    const found: Dissected | null = dissectors[layer](bytes, place) ?? data(bytes, place)
    if (found === null) break
    if (found.node.label === 'Data') payloadStart = Math.min(payloadStart, place.start)
    nodes.push(found.node)
    read = found.node.start + found.node.length
    place = found.next
  }
  // what the headers do not claim: padding, a frame check sequence, or layers beyond the most
  if (read < bytes.length) {
    const rest = bytes.length - read
    nodes.push({ label: 'Trailer', value: `${rest} bytes`, filter: null, start: read, length: rest, children: [] })
  }
  return { nodes, payloadStart }
}

function layerOf({ layer, number = 0 }: NextLayer): Exclude<LayerName, 'ip-protocol'> {
  if (layer !== 'ip-protocol') return layer
  return (protocols[number] ?? 'data') as Exclude<LayerName, 'ip-protocol'>
}
