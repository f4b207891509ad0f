import { IP_LAYER_WORDS, type Packet } from '../packet.ts'
import type { Field, FieldType, FieldValue } from './field.ts'
import type { FrameFacts, IcmpFacts } from './frame-facts.ts'

const none: readonly FieldValue[] = []
const ETHERNET = 1
const IPV4_TYPE = 0x0800
const VLAN_TYPES: readonly number[] = [0x8100, 0x88a8, 0x9100]
/** Bytes before the network layer, by LINKTYPE_ number: null, Ethernet, raw IP (three numbers), Linux cooked. */
const linkHeaderBytes: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [ETHERNET, 14],
  [12, 0],
  [101, 0],
  [228, 0],
  [113, 16],
  [276, 20],
])

/** IP of both versions, UDP, ICMP of both versions. */
export const packetFields: readonly Field[] = [
  address('ip.src', 'ipv4', 4, ['source']),
  address('ip.dst', 'ipv4', 4, ['destination']),
  address('ip.addr', 'ipv4', 4, ['source', 'destination']),
  address('ipv6.src', 'ipv6', 6, ['source']),
  address('ipv6.dst', 'ipv6', 6, ['destination']),
  address('ipv6.addr', 'ipv6', 6, ['source', 'destination']),
  ...(['ip.version', 'ipv6.version'] as const).map(
    (name): Field => ({
      name,
      type: 'number',
      description: 'version',
      read: (frame) => layersOf(frame, name === 'ip.version' ? 4 : 6).map(() => (name === 'ip.version' ? 4 : 6)),
    }),
  ),
  header('ip.hdr_len', 'number', 'bytes of the header', (bytes, at) => (bytes[at] & 15) * 4),
  header('ip.dsfield', 'number', 'differentiated services and ECN', (bytes, at) => bytes[at + 1]),
  header('ip.dsfield.dscp', 'number', 'differentiated services', (bytes, at) => bytes[at + 1] >> 2),
  header('ip.dsfield.ecn', 'number', 'explicit congestion notification', (bytes, at) => bytes[at + 1] & 3),
  header('ip.len', 'number', 'total length', (bytes, at) => word(bytes, at + 2)),
  header('ip.id', 'number', 'identification', (bytes, at) => word(bytes, at + 4)),
  header('ip.flags.df', 'boolean', 'do not fragment', (bytes, at) => (bytes[at + 6] >> 6) & 1),
  header('ip.flags.mf', 'boolean', 'more fragments', (bytes, at) => (bytes[at + 6] >> 5) & 1),
  header('ip.frag_offset', 'number', 'fragment offset in bytes', (bytes, at) => (word(bytes, at + 6) & 0x1fff) * 8),
  header('ip.ttl', 'number', 'time to live', (bytes, at) => bytes[at + 8]),
  header('ip.proto', 'number', 'protocol', (bytes, at) => bytes[at + 9]),
  udp('udp.srcport', 'source port', ({ sourcePort }) => [sourcePort]),
  udp('udp.dstport', 'destination port', ({ destinationPort }) => [destinationPort]),
  udp('udp.port', 'source or destination port', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort]),
  udp('udp.length', 'bytes by the header', ({ data, headerStart }) => [word(data, headerStart + 4)]),
  udp('udp.stream', 'number of the stream, from 0', ({ stream }) => (stream < 0 ? [] : [stream])),
  {
    name: 'udp.payload',
    type: 'bytes',
    description: 'payload',
    read: ({ transports }) =>
      transports.flatMap(({ transport, data, payloadStart, payloadEnd }) =>
        transport === 'udp' && payloadEnd > payloadStart ? [data.subarray(payloadStart, payloadEnd)] : [],
      ),
  },
  icmp('icmp.type', 4, 'type', ({ type }) => type),
  icmp('icmp.code', 4, 'code', ({ code }) => code),
  icmp('icmp.ident', 4, 'identifier of echoes', ({ identifier, isEcho }) => (isEcho ? identifier : null)),
  icmp('icmp.seq', 4, 'sequence number of echoes', ({ sequence, isEcho }) => (isEcho ? sequence : null)),
  icmp('icmp.resp_to', 4, 'frame of the request', ({ requestFrame }) => (requestFrame > 0 ? requestFrame : null)),
  icmp('icmpv6.type', 6, 'type', ({ type }) => type),
  icmp('icmpv6.code', 6, 'code', ({ code }) => code),
]

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

/** Offsets in `ipLayers` of the headers of a version. */
function layersOf({ packet }: FrameFacts, version: 4 | 6): number[] {
  if (packet === null) return []
  const starts = Array.from({ length: packet.ipLayerCount }, (_, layer) => layer * IP_LAYER_WORDS)
  return starts.filter((start) => packet.ipLayers[start] === version)
}

function address(name: string, type: FieldType, version: 4 | 6, ends: readonly ('source' | 'destination')[]): Field {
  const words = version === 4 ? 1 : 4
  const value = (layers: Int32Array, at: number): bigint => {
    let sum = 0n
    for (let i = 0; i < words; i++) sum = (sum << 32n) | BigInt(layers[at + i] >>> 0)
    return sum
  }
  return {
    name,
    type,
    description: `${ends.join(' or ')} of IPv${version}, in any tunnel`,
    read: (frame) => {
      const { packet } = frame
      if (packet === null) return none
      const own = layersOf(frame, version).flatMap((start) =>
        ends.map((end) => value(packet.ipLayers, start + (end === 'source' ? 1 : 5))),
      )
      const quoted = frame.quotedAddresses.filter((one) => one.version === version)
      return [...own, ...quoted.flatMap((one) => ends.map((end) => one[end]))]
    },
  }
}

/** Where the first IPv4 header of the frame starts, by its link type and VLAN tags; -1 when it is not behind these. */
function outerHeaderStart({ bytes, start, end, linkType, ipLayerCount, ipLayers }: Packet): number {
  if (ipLayerCount === 0 || ipLayers[0] !== 4) return -1
  let at = start + (linkHeaderBytes.get(linkType) ?? Number.POSITIVE_INFINITY)
  if (linkType === ETHERNET) while (VLAN_TYPES.includes(word(bytes, at - 2)) && at + 4 < end) at += 4
  const isThere = at + 20 <= end && bytes[at] >> 4 === 4 && (linkType !== ETHERNET || word(bytes, at - 2) === IPV4_TYPE)
  return isThere ? at : -1
}

/** A field of IPv4 headers. */
function header(
  name: string,
  type: 'number' | 'boolean',
  description: string,
  value: (bytes: Uint8Array, at: number) => number,
): Field {
  const read = ({ packet }: FrameFacts) => {
    if (packet === null) return none
    const outer = outerHeaderStart(packet)
    const values = outer < 0 ? [] : [value(packet.bytes, outer)]
    const { data, bytes, ipHeaderStart } = packet
    if (ipHeaderStart >= 0 && (data !== bytes || ipHeaderStart !== outer)) values.push(value(data, ipHeaderStart))
    return values
  }
  return { name, type, description: `${description} (of the outermost and the innermost header)`, read }
}

function udp(
  name: string,
  description: string,
  values: (transport: FrameFacts['transports'][number]) => readonly number[],
): Field {
  const read = ({ transports }: FrameFacts) => transports.flatMap((one) => (one.transport === 'udp' ? values(one) : []))
  return { name, type: 'number', description, read }
}

function icmp(name: string, version: 4 | 6, description: string, value: (message: IcmpFacts) => number | null): Field {
  const read = (frame: FrameFacts) =>
    frame.icmp.flatMap((message) => (message.version === version ? (value(message) ?? []) : []))
  return { name, type: 'number', description, read }
}
