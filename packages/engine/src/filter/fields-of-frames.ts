import { hasProtocol, Protocol, protocolNames } from '../protocol-set.ts'
import type { Field, FieldValue } from './field.ts'
import type { FrameFacts } from './frame-facts.ts'

const ETHERNET = 1
const none: readonly FieldValue[] = []

/** The frame itself, Ethernet, VLAN tags, ARP, and each protocol by its name. */
export const frameFields: readonly Field[] = [
  { name: 'frame', type: 'protocol', description: 'every frame; its bytes', read: (frame) => [whole(frame)] },
  { name: 'frame.number', type: 'number', description: 'number, from 1', read: ({ packet }) => one(packet?.number) },
  {
    name: 'frame.len',
    type: 'number',
    description: 'bytes on the wire',
    read: ({ packet }) => one(packet?.wireLength),
  },
  {
    name: 'frame.cap_len',
    type: 'number',
    description: 'bytes captured',
    read: ({ packet }) => one(packet?.capturedLength),
  },
  { name: 'frame.time', type: 'time', description: 'time, UTC', read: timeOf },
  { name: 'frame.time_epoch', type: 'time', description: 'seconds since 1970', read: timeOf },
  {
    name: 'frame.time_relative',
    type: 'duration',
    description: 'since the first frame',
    read: ({ packet }) => (packet?.hasTime ? [packet.timeNs] : none),
  },
  {
    name: 'frame.time_delta',
    type: 'duration',
    description: 'since the frame before',
    read: (frame) => [frame.sinceBeforeNs],
  },
  {
    name: 'frame.interface_id',
    type: 'number',
    description: 'index of the interface that captured it',
    read: ({ packet }) => one(packet?.interfaceIndex),
  },
  { name: 'eth.dst', type: 'ether', description: 'destination', read: (frame) => ethernetAddress(frame, 0) },
  { name: 'eth.src', type: 'ether', description: 'source', read: (frame) => ethernetAddress(frame, 6) },
  {
    name: 'eth.addr',
    type: 'ether',
    description: 'source or destination',
    read: (frame) => [...ethernetAddress(frame, 0), ...ethernetAddress(frame, 6)],
  },
  {
    name: 'vlan.id',
    type: 'number',
    description: 'tags of 802.1Q',
    read: ({ packet }) =>
      packet === null ? none : [...packet.vlanIds.subarray(0, packet.vlanCount)].filter((id) => id < 0x1000),
  },
  arp('arp.opcode', 'number', '1 request, 2 reply', ({ opcode }) => opcode),
  arp('arp.src.proto_ipv4', 'ipv4', "the sender's IPv4 address", ({ senderAddress }) => ipv4(senderAddress)),
  arp('arp.dst.proto_ipv4', 'ipv4', "the target's IPv4 address", ({ targetAddress }) => ipv4(targetAddress)),
  arp('arp.src.hw_mac', 'ether', "the sender's hardware address", ({ senderMac }) => mac(senderMac)),
  arp('arp.dst.hw_mac', 'ether', "the target's hardware address", ({ targetMac }) => mac(targetMac)),
  arp('arp.isgratuitous', 'boolean', 'announces its own address', ({ isGratuitous }) => (isGratuitous ? 1 : null)),
  arp('arp.duplicate-address-detected', 'boolean', 'an address has two owners', ({ isDuplicateAddress }) =>
    isDuplicateAddress ? 1 : null,
  ),
  ...protocolNames
    .filter((name) => name !== 'other' && name !== 'eth')
    .map(
      (name): Field => ({
        name,
        type: 'protocol',
        description: `frames that hold ${name}`,
        read: (frame) => protocolBytes(frame, name),
      }),
    ),
  {
    name: 'eth',
    type: 'protocol',
    description: 'frames that hold eth',
    read: (frame) => protocolBytes(frame, 'eth'),
  },
]

function one(value: number | undefined): readonly FieldValue[] {
  return value === undefined ? none : [value]
}

function whole({ packet }: FrameFacts): Uint8Array {
  return packet === null ? new Uint8Array(0) : packet.bytes.subarray(packet.start, packet.end)
}

function timeOf({ packet, epochNs }: FrameFacts): readonly FieldValue[] {
  return packet?.hasTime ? [epochNs] : none
}

function ethernetAddress(frame: FrameFacts, at: number): readonly FieldValue[] {
  const { packet } = frame
  if (packet === null || packet.linkType !== ETHERNET || packet.capturedLength < 14) return none
  return [whole(frame).subarray(at, at + 6)]
}

function arp(
  name: string,
  type: Field['type'],
  description: string,
  value: (message: NonNullable<FrameFacts['arp']>) => FieldValue | null,
): Field {
  const read = (frame: FrameFacts) => {
    const found = frame.arp === null ? null : value(frame.arp)
    return found === null ? none : [found]
  }
  return { name, type, description, read }
}

function ipv4(text: string | null): bigint | null {
  return text === null ? null : text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function mac(text: string | null): Uint8Array | null {
  return text === null ? null : Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16))
}

/** Bytes of the protocol as far as we know where it begins; an empty piece where we do not. */
function protocolBytes(frame: FrameFacts, name: (typeof protocolNames)[number]): readonly FieldValue[] {
  const { packet } = frame
  if (packet === null) return none
  const isQuoted = frame.transports.some(({ transport, stream }) => transport === name && stream < 0)
  if (!isQuoted && !hasProtocol(packet, Protocol[name])) return none
  if (name === 'eth') return [whole(frame)]
  if (name === 'tcp' || name === 'udp') {
    const found = frame.transports.filter(({ transport }) => transport === name)
    return found.length === 0
      ? [nothing]
      : found.map(({ data, headerStart, payloadEnd }) => data.subarray(headerStart, payloadEnd))
  }
  if (name === 'ip' && packet.ipHeaderStart >= 0) return [packet.data.subarray(packet.ipHeaderStart, packet.dataEnd)]
  return [nothing]
}

const nothing = new Uint8Array(0)
