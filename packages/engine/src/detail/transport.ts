import { type DetailNode, type Dissector, field, header, hex, longWord, word } from './node.ts'

const UDP_BYTES = 8
const VXLAN_PORT = 4789
const VXLAN_BYTES = 8
const flagNames: readonly (readonly [bit: number, label: string, filter: string])[] = [
  [0x100, 'Accurate ECN', ''],
  [0x080, 'Congestion window reduced', 'tcp.flags.cwr'],
  [0x040, 'ECN-Echo', 'tcp.flags.ece'],
  [0x020, 'Urgent', 'tcp.flags.urg'],
  [0x010, 'Acknowledgment', 'tcp.flags.ack'],
  [0x008, 'Push', 'tcp.flags.push'],
  [0x004, 'Reset', 'tcp.flags.reset'],
  [0x002, 'Syn', 'tcp.flags.syn'],
  [0x001, 'Fin', 'tcp.flags.fin'],
]

/** TCP (RFC 9293 §3.1). */
export const tcp: Dissector = (bytes, { start, end }) => {
  if (end - start < 20) return null
  const headerLength = (bytes[start + 12] >> 4) * 4
  if (headerLength < 20 || end - start < headerLength) return null
  const [source, destination] = [word(bytes, start), word(bytes, start + 2)]
  const flags = word(bytes, start + 12) & 0xfff
  const options = optionsOf(bytes, start + 20, start + headerLength)
  const node = header(`Transmission Control Protocol, ${source} → ${destination}`, 'tcp', start, headerLength, [
    field('Source port', source, start, 2, `tcp.srcport == ${source}`),
    field('Destination port', destination, start + 2, 2, `tcp.dstport == ${destination}`),
    field(
      'Sequence number (raw)',
      longWord(bytes, start + 4),
      start + 4,
      4,
      `tcp.seq_raw == ${longWord(bytes, start + 4)}`,
    ),
    field(
      'Acknowledgment number (raw)',
      longWord(bytes, start + 8),
      start + 8,
      4,
      `tcp.ack_raw == ${longWord(bytes, start + 8)}`,
    ),
    field('Header length', `${headerLength} bytes`, start + 12, 1, `tcp.hdr_len == ${headerLength}`),
    field(
      'Flags',
      hex(flags, 3),
      start + 12,
      2,
      `tcp.flags == ${hex(flags, 3)}`,
      flagNames.map(([bit, label, filter]) => {
        const isSet = (flags & bit) !== 0 ? 1 : 0
        const at = bit > 0xff ? start + 12 : start + 13
        return field(label, isSet, at, 1, filter === '' ? null : `${filter} == ${isSet}`)
      }),
    ),
    field('Window', word(bytes, start + 14), start + 14, 2, `tcp.window_size_value == ${word(bytes, start + 14)}`),
    field('Checksum', hex(word(bytes, start + 16), 4), start + 16, 2),
    field('Urgent pointer', word(bytes, start + 18), start + 18, 2),
    ...(options.length === 0
      ? []
      : [field('Options', `${headerLength - 20} bytes`, start + 20, headerLength - 20, null, options)]),
  ])
  const next = {
    layer: 'payload',
    start: start + headerLength,
    end,
    ports: [source, destination],
    transport: 'tcp',
  } as const
  return { node, next: end > next.start ? next : null }
}

function optionsOf(bytes: Uint8Array, start: number, end: number): DetailNode[] {
  const nodes: DetailNode[] = []
  let at = start
  while (at < end) {
    const kind = bytes[at]
    if (kind === 0 || kind === 1) {
      nodes.push(field(kind === 0 ? 'End of options' : 'No operation', null, at, 1))
      at++
      if (kind === 0) break
      continue
    }
    const length = at + 1 < end ? bytes[at + 1] : 0
    if (length < 2 || at + length > end) {
      nodes.push(field('Malformed option', `kind ${kind}`, at, end - at))
      break
    }
    nodes.push(optionOf(bytes, at, kind, length))
    at += length
  }
  return nodes
}

function optionOf(bytes: Uint8Array, at: number, kind: number, length: number): DetailNode {
  if (kind === 2 && length === 4) return field('Maximum segment size', word(bytes, at + 2), at, length)
  if (kind === 3 && length === 3) return field('Window scale', `shift ${bytes[at + 2]}`, at, length)
  if (kind === 4 && length === 2) return field('SACK permitted', null, at, length)
  if (kind === 5 && length > 2 && (length - 2) % 8 === 0) {
    const edges = Array.from({ length: (length - 2) / 8 }, (_, i) => at + 2 + i * 8)
    const blocks = edges.map((edge) => `${longWord(bytes, edge)}–${longWord(bytes, edge + 4)}`)
    return field('SACK', blocks.join(', '), at, length)
  }
  if (kind === 8 && length === 10) {
    return field('Timestamps', `value ${longWord(bytes, at + 2)}, echo ${longWord(bytes, at + 6)}`, at, length)
  }
  return field(`Option ${kind}`, `${length} bytes`, at, length)
}

/** UDP (RFC 768); VXLAN (RFC 7348) on its port is walked into. */
export const udp: Dissector = (bytes, { start, end }) => {
  if (end - start < UDP_BYTES) return null
  const [source, destination] = [word(bytes, start), word(bytes, start + 2)]
  const length = word(bytes, start + 4)
  const fields = [
    field('Source port', source, start, 2, `udp.srcport == ${source}`),
    field('Destination port', destination, start + 2, 2, `udp.dstport == ${destination}`),
    field('Length', length, start + 4, 2, `udp.length == ${length}`),
    field('Checksum', hex(word(bytes, start + 6), 4), start + 6, 2),
  ]
  const label = `User Datagram Protocol, ${source} → ${destination}`
  const payloadStart = start + UDP_BYTES
  const payloadEnd = length < UDP_BYTES ? end : Math.min(end, start + length)
  if (destination === VXLAN_PORT && payloadEnd - payloadStart > VXLAN_BYTES && (bytes[payloadStart] & 8) !== 0) {
    const network = longWord(bytes, payloadStart + 4) >>> 8
    const tunnel = field('VXLAN network', network, payloadStart, VXLAN_BYTES)
    const node = header(label, 'udp', start, UDP_BYTES + VXLAN_BYTES, [...fields, tunnel])
    return { node, next: { layer: 'ethernet', start: payloadStart + VXLAN_BYTES, end: payloadEnd } }
  }
  const next = {
    layer: 'payload',
    start: payloadStart,
    end: payloadEnd,
    ports: [source, destination],
    transport: 'udp',
  } as const
  return { node: header(label, 'udp', start, UDP_BYTES, fields), next: payloadEnd > payloadStart ? next : null }
}
