import { hasProtocol, Protocol, type ProtocolName, protocolNames } from '../protocol-set.ts'
import { analysisFlagNames } from '../tcp/analysis-flags.ts'
import type { Segment } from '../tcp/segment.ts'
import { addressText } from '../text/addresses.ts'
import type { FrameFacts, TransportFacts } from './frame-facts.ts'

/** A frame as a packet list shows it: what a person reads at a glance. Captured text stands in it as it is. */
export interface FrameDescription {
  readonly source: string
  readonly destination: string
  readonly protocol: string
  readonly info: string
}

const LONGEST_INFO = 400
/** The words by which people search for tshark's verdicts. */
const verdictWords: Readonly<Record<(typeof analysisFlagNames)[number], string>> = {
  retransmission: 'TCP Retransmission',
  fast_retransmission: 'TCP Fast Retransmission',
  spurious_retransmission: 'TCP Spurious Retransmission',
  out_of_order: 'TCP Out-Of-Order',
  duplicate_ack: 'TCP Dup ACK',
  lost_segment: 'TCP Previous segment not captured',
  ack_lost_segment: 'TCP ACKed unseen segment',
  zero_window: 'TCP ZeroWindow',
  zero_window_probe: 'TCP ZeroWindowProbe',
  zero_window_probe_ack: 'TCP ZeroWindowProbeAck',
  window_full: 'TCP Window Full',
  window_update: 'TCP Window Update',
  keep_alive: 'TCP Keep-Alive',
  keep_alive_ack: 'TCP Keep-Alive ACK',
  reused_ports: 'TCP Port numbers reused',
}
const flagNames: readonly (readonly [bit: number, name: string])[] = [
  [0x001, 'FIN'],
  [0x002, 'SYN'],
  [0x004, 'RST'],
  [0x008, 'PSH'],
  [0x010, 'ACK'],
  [0x020, 'URG'],
  [0x040, 'ECE'],
  [0x080, 'CWR'],
]
/** From the application downward: the first that a frame has names it. */
const byImportance: readonly (readonly [ProtocolName, string])[] = [
  ['http', 'HTTP'],
  ['tls', 'TLS'],
  ['ssh', 'SSH'],
  ['quic', 'QUIC'],
  ['mdns', 'MDNS'],
  ['llmnr', 'LLMNR'],
  ['dns', 'DNS'],
  ['dhcp', 'DHCP'],
  ['dhcpv6', 'DHCPv6'],
  ['ntp', 'NTP'],
  ['icmp', 'ICMP'],
  ['icmpv6', 'ICMPv6'],
  ['arp', 'ARP'],
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
]

/** Describes the frame that the facts were collected of. Makes strings: call it for frames that are shown. */
export function describeFrame(facts: FrameFacts): FrameDescription {
  const info = infoOf(facts)
  return {
    ...describeEnds(facts),
    info: info.length > LONGEST_INFO ? `${info.slice(0, LONGEST_INFO)}…` : info,
  }
}

/** The same without the most costly part: who sent it to whom, and what it is. */
export function describeEnds(facts: FrameFacts): Omit<FrameDescription, 'info'> {
  return { ...endsOf(facts), protocol: protocolOf(facts) }
}

/** Verdicts of tshark in the words of its packet list: `[TCP Retransmission]`. */
export function verdictsOf(segment: Segment): string[] {
  if (!segment.isShown) return []
  const { flags } = segment
  return analysisFlagNames
    .filter((_, bit) => (flags & (1 << bit)) !== 0)
    .map((name) =>
      name === 'duplicate_ack' && segment.duplicateAckFrame > 0
        ? `${verdictWords[name]} ${segment.duplicateAckFrame}#${segment.duplicateAckNumber}`
        : verdictWords[name],
    )
}

function endsOf({ packet, arp }: FrameFacts): { source: string; destination: string } {
  if (packet === null) return { source: '', destination: '' }
  if (packet.ipLayerCount > 0) {
    const { ipLayers, ipLayerStart: at } = packet
    const version = ipLayers[at]
    return { source: addressText(ipLayers, at + 1, version), destination: addressText(ipLayers, at + 5, version) }
  }
  if (arp !== null) return { source: arp.senderMac ?? '', destination: arp.targetMac ?? '' }
  if (packet.linkType !== 1 || packet.capturedLength < 12) return { source: '', destination: '' }
  const mac = (at: number) =>
    Array.from(packet.bytes.subarray(packet.start + at, packet.start + at + 6), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join(':')
  return { source: mac(6), destination: mac(0) }
}

function protocolOf({ packet }: FrameFacts): string {
  if (packet === null) return ''
  const found = byImportance.find(([name]) => hasProtocol(packet, Protocol[name]))
  if (found !== undefined) return found[1]
  const last = protocolNames.findLast((name) => name !== 'other' && hasProtocol(packet, Protocol[name]))
  return (last ?? 'unknown').toUpperCase()
}

function infoOf(facts: FrameFacts): string {
  return applicationInfo(facts) ?? icmpInfo(facts) ?? arpInfo(facts) ?? tcpInfo(facts) ?? udpInfo(facts.innermost) ?? ''
}

function applicationInfo(facts: FrameFacts): string | null {
  const verdicts = facts.segment === null ? [] : verdictsOf(facts.segment).map((word) => `[${word}] `)
  const parts = [
    ...facts.httpRequests.map(({ method, uri, host }) => `${method} ${uri}${host === null ? '' : ` (${host})`}`),
    ...facts.httpResponses.map(({ status }) => `HTTP status ${status}`),
    ...facts.clientHellos.map(({ hello }) => `Client Hello${hello.sni === null ? '' : ` (SNI=${hello.sni})`}`),
    ...facts.serverHellos.map(() => 'Server Hello'),
    ...(facts.hasCertificate ? ['Certificate'] : []),
    ...facts.alerts.map(({ level, description }) => `Alert (level ${level}, description ${description})`),
    ...facts.sshBanners.map(({ text }) => `Banner: ${text}`),
    ...facts.dns.map(({ isResponse, id, name, type, rcode, answers }) => {
      const head = `${isResponse ? 'response' : 'query'} 0x${id.toString(16).padStart(4, '0')}`
      const question = name === null ? '' : ` type ${type} ${name}`
      const answered = answers.length === 0 ? '' : ` → ${answers.slice(0, 3).join(', ')}`
      return `Standard ${head}${question}${isResponse && rcode !== 0 ? ` rcode ${rcode}` : ''}${answered}`
    }),
    ...facts.dhcp.map(({ messageType, yourAddress }) => `DHCP message type ${messageType ?? '?'} ${yourAddress ?? ''}`),
  ]
  return parts.length === 0 ? null : `${verdicts.join('')}${parts.join(', ')}`
}

function icmpInfo({ icmp: [icmp] }: FrameFacts): string | null {
  if (icmp === undefined) return null
  const { type, code, isEcho, identifier, sequence, requestFrame } = icmp
  const echo = isEcho ? ` id=0x${identifier.toString(16).padStart(4, '0')} seq=${sequence}` : ''
  return `Type ${type} code ${code}${echo}${requestFrame > 0 ? ` (request in ${requestFrame})` : ''}`
}

function arpInfo({ arp }: FrameFacts): string | null {
  if (arp === null) return null
  if (arp.opcode === 1) return `Who has ${arp.targetAddress ?? '?'}? Tell ${arp.senderAddress ?? '?'}`
  if (arp.opcode === 2) return `${arp.senderAddress ?? '?'} is at ${arp.senderMac ?? '?'}`
  return `Opcode ${arp.opcode}`
}

function tcpInfo({ segment, innermost }: FrameFacts): string | null {
  if (segment === null || innermost === null) return null
  const verdicts = verdictsOf(segment).map((word) => `[${word}] `)
  const flags = flagNames.filter(([bit]) => (segment.tcpFlags & bit) !== 0).map(([, name]) => name)
  const acknowledgment = (segment.tcpFlags & 0x10) === 0 ? '' : ` Ack=${segment.relativeAcknowledgment}`
  const numbers = `Seq=${segment.relativeSequence}${acknowledgment} Win=${segment.windowBytes} Len=${segment.payloadLength}`
  return `${verdicts.join('')}${innermost.sourcePort} → ${innermost.destinationPort} [${flags.join(', ')}] ${numbers}`
}

function udpInfo(transport: TransportFacts | null): string | null {
  if (transport === null) return null
  const { sourcePort, destinationPort, payloadStart, payloadEnd } = transport
  return `${sourcePort} → ${destinationPort} Len=${Math.max(0, payloadEnd - payloadStart)}`
}
