import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import type { Segment } from '../tcp/segment.ts'
import { readDhcp } from './dhcp.ts'
import { readDhcpv6 } from './dhcpv6.ts'
import { allDatagramsShown, type DatagramFlows } from './datagram-flows.ts'
import type { DnsEvents } from './dns-events.ts'
import { looksLikeDns } from './dns-heuristic.ts'
import { dnsForeignPorts, isInPortSet, quicForeignPorts } from './foreign-ports.ts'
import type { ProtocolListener } from './messages.ts'
import type { QuicTracker } from './quic/quic-tracker.ts'
import { readSsdp } from './ssdp.ts'

/** Looks for QUIC in a datagram, marks the frame and tells whether it was. */
export type QuicRecogniser = Pick<QuicTracker, 'datagram'>

/** Gives a UDP datagram to the protocol that tshark gives it to: lower port, higher port, QUIC by content, DNS by content. */
export class UdpDispatch {
  readonly #listener: ProtocolListener
  readonly #dns: DnsEvents
  readonly #quic: QuicRecogniser
  readonly #flows: DatagramFlows

  constructor(listener: ProtocolListener, dns: DnsEvents, quic: QuicRecogniser, flows = allDatagramsShown) {
    this.#listener = listener
    this.#dns = dns
    this.#quic = quic
    this.#flows = flows
  }

  /** Takes a datagram that belongs to a stream; the stream's number is what DNS is matched by. */
  datagram(segment: Segment, packet: Packet): void {
    const { sourcePort, destinationPort, data: bytes, payloadStart: start, payloadEnd: end } = packet
    if (end <= start) return
    const flow = segment.stream
    const direction = segment.direction as 0 | 1
    const lower = Math.min(sourcePort, destinationPort)
    if (this.#byPort(lower, packet, flow, direction, bytes, start, end)) return
    const higher = Math.max(sourcePort, destinationPort)
    if (higher !== lower && this.#byPort(higher, packet, flow, direction, bytes, start, end)) return
    const mayBeQuic = !isInPortSet(quicForeignPorts, lower) && !isInPortSet(quicForeignPorts, higher)
    if (mayBeQuic && this.#quic.datagram(flow, packet, bytes, start, end, direction === 0, segment.flow)) return
    const mayBeDns = !isInPortSet(dnsForeignPorts, lower) && !isInPortSet(dnsForeignPorts, higher)
    if (mayBeDns && looksLikeDns(bytes, start, end)) this.#dns.read('dns', 'udp', flow, packet, bytes, start, end)
    this.#flows.guess(segment.flow)
  }

  #byPort(
    port: number,
    packet: Packet,
    flow: number,
    direction: 0 | 1,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    switch (port) {
      case 53:
        this.#dns.read('dns', 'udp', flow, packet, bytes, start, end)
        return true
      case 5353:
        this.#dns.read('mdns', 'udp', flow, packet, bytes, start, end)
        return true
      case 5355:
        this.#dns.read('llmnr', 'udp', flow, packet, bytes, start, end)
        return true
      case 67:
      case 68:
      case 4011:
        readDhcp(this.#listener, packet, bytes, start, end)
        return true
      case 546:
      case 547:
        readDhcpv6(this.#listener, packet, bytes, start, end)
        return true
      case 123:
        markProtocol(packet, Protocol.ntp)
        return true
      case 1900:
        readSsdp(this.#listener, packet, direction, bytes, start, end)
        return true
    }
    return false
  }
}

/** Marks a frame that quotes a DNS datagram: tshark's protocol hierarchy counts it. */
export function markQuotedDns(packet: Packet, sourcePort: number, destinationPort: number, length: number): void {
  if (length < 4) return
  const protocol =
    dnsProtocolOf(Math.min(sourcePort, destinationPort)) || dnsProtocolOf(Math.max(sourcePort, destinationPort))
  if (protocol !== 0) markProtocol(packet, protocol)
}

function dnsProtocolOf(port: number): number {
  if (port === 53) return Protocol.dns
  if (port === 5353) return Protocol.mdns
  return port === 5355 ? Protocol.llmnr : 0
}
