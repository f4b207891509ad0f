import type { Events } from '../events.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { ArpMessage } from '../protocols/arp.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import type { DhcpMessage, DnsMessageEvent, HttpRequest, HttpResponse, SshBanner } from '../protocols/messages.ts'
import type { QuicClientHello, TlsAlert, TlsClientHello, TlsServerHello } from '../protocols/tls/messages.ts'
import type { Segment } from '../tcp/segment.ts'
import { readQuotedHeaders } from './quoted-headers.ts'

/** Unreachable, source quench, redirect, time exceeded, parameter problem. */
const ERRORS_V4: readonly number[] = [3, 4, 5, 11, 12]
const ICMP_HEADER_BYTES = 8

/** Transport header of a frame: tunnels and fragments aside there is one. */
export interface TransportFacts {
  readonly transport: 'tcp' | 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly headerStart: number
  readonly payloadStart: number
  readonly payloadEnd: number
  /** Of the buffer that the offsets count in: the frame, or a reassembled datagram. */
  readonly data: Uint8Array
  /** tcp.stream or udp.stream; -1 for a header that an ICMP error quotes. */
  readonly stream: number
}

/** An ICMP message of a frame. */
export interface IcmpFacts {
  readonly version: 4 | 6
  readonly type: number
  readonly code: number
  readonly identifier: number
  readonly sequence: number
  /** Of an echo reply; 0 otherwise. */
  readonly requestFrame: number
  readonly rttNs: number
  readonly isEcho: boolean
}

interface ConnectionTimes {
  firstNs: number
  lastNs: number
}

/**
 * Collects what is known of a frame, for filters and descriptions: add it to a run's listeners *before* the one that asks, which asks in
 * its `frame`. Everything is borrowed: the next frame overwrites it.
 */
export class FrameFacts {
  packet: Packet | null = null
  /** Outermost first, those that ICMP errors quote last. */
  readonly transports: TransportFacts[] = []
  /** Source and destination of IP headers that an ICMP error quotes. */
  readonly quotedAddresses: { readonly version: 4 | 6; readonly source: bigint; readonly destination: bigint }[] = []
  segment: Segment | null = null
  /** The frame's own message, then those that it quotes. */
  readonly icmp: IcmpFacts[] = []
  arp: ArpMessage | null = null
  readonly dns: DnsMessageEvent[] = []
  readonly httpRequests: HttpRequest[] = []
  readonly httpResponses: HttpResponse[] = []
  readonly clientHellos: (TlsClientHello | QuicClientHello)[] = []
  readonly serverHellos: TlsServerHello[] = []
  readonly alerts: TlsAlert[] = []
  hasCertificate = false
  readonly sshBanners: SshBanner[] = []
  readonly dhcp: DhcpMessage[] = []
  /** Time since the frame before, in ns; 0 for the first. */
  sinceBeforeNs = 0
  /** Time since the first and the last segment of the connection, in ns. */
  sinceFirstOfStreamNs = 0
  sinceLastOfStreamNs = 0
  /** Nanoseconds since 1970. */
  epochNs = 0n
  private lastTimeNs: number | null = null
  private frameNumber = 0
  private readonly times = new Map<number, ConnectionTimes>()
  private readonly flowAt: (index: number) => Flow

  constructor(flowAt: (index: number) => Flow) {
    this.flowAt = flowAt
  }

  readonly on: Partial<Events> = {
    segment: (segment, packet) => this.takeSegment(segment, packet),
    datagram: (packet, flow) => {
      this.begin(packet.number)
      this.addTransport('udp', packet, this.flowAt(flow).number)
    },
    icmp: (message, packet) => {
      this.takeIcmp(message)
      this.takeQuoted(message, packet)
    },
    arp: (message) => {
      this.begin(message.frame)
      this.arp = message
    },
    dns: (message) => this.add(message.frame, this.dns, message),
    httpRequest: (message) => this.add(message.frame, this.httpRequests, message),
    httpResponse: (message) => this.add(message.frame, this.httpResponses, message),
    tlsClientHello: (message) => this.add(message.frame, this.clientHellos, message),
    quicClientHello: (message) => this.add(message.frame, this.clientHellos, message),
    tlsServerHello: (message) => this.add(message.frame, this.serverHellos, message),
    tlsAlert: (message) => this.add(message.frame, this.alerts, message),
    tlsCertificate: (message) => {
      if (message.frame !== this.frameNumber) return
      this.hasCertificate = true
    },
    sshBanner: (message) => this.add(message.frame, this.sshBanners, message),
    dhcp: (message) => this.add(message.frame, this.dhcp, message),
    flowEnd: ({ transport, connection }) => {
      if (transport === 'tcp') this.times.delete(connection)
    },
    frame: (packet) => this.end(packet),
  }

  /** The last transport header, and the segment if it is TCP. */
  get innermost(): TransportFacts | null {
    return this.transports.findLast(({ stream }) => stream >= 0) ?? null
  }

  private takeSegment(segment: Segment, packet: Packet): void {
    this.begin(packet.number)
    this.segment = segment
    this.addTransport('tcp', packet, segment.stream)
    const known = this.times.get(segment.connection)
    if (known === undefined || segment.isFirst) {
      this.times.set(segment.connection, { firstNs: packet.timeNs, lastNs: packet.timeNs })
      this.sinceFirstOfStreamNs = 0
      this.sinceLastOfStreamNs = 0
      return
    }
    this.sinceFirstOfStreamNs = packet.timeNs - known.firstNs
    this.sinceLastOfStreamNs = packet.timeNs - known.lastNs
    known.lastNs = packet.timeNs
  }

  private takeIcmp(message: IcmpMessage): void {
    this.begin(message.frame)
    const { version, type, code, identifier, sequence, requestFrame, rttNs } = message
    const isEcho = message.isEchoRequest || message.isEchoReply
    this.icmp.push({ version, type, code, identifier, sequence, requestFrame, rttNs, isEcho })
  }

  /** Reads the headers that an error quotes (RFC 792, RFC 4443 §2.4), which tshark shows as fields too. */
  private takeQuoted({ version, type }: IcmpMessage, packet: Packet): void {
    if (version === 4 ? !ERRORS_V4.includes(type) : type >= 128) return
    const quoted = readQuotedHeaders(packet.data, packet.offset + ICMP_HEADER_BYTES, packet.dataEnd)
    if (quoted === null) return
    this.quotedAddresses.push(quoted.addresses)
    if (quoted.transport !== null) this.transports.push(quoted.transport)
    if (quoted.icmp !== null) this.icmp.push(quoted.icmp)
  }

  private addTransport(transport: 'tcp' | 'udp', packet: Packet, stream: number): void {
    const { sourcePort, destinationPort, transportStart, payloadStart, payloadEnd, data } = packet
    this.transports.push({
      transport,
      sourcePort,
      destinationPort,
      headerStart: transportStart,
      payloadStart,
      payloadEnd,
      data,
      stream,
    })
  }

  private add<Message>(frame: number, list: Message[], message: Message): void {
    this.begin(frame)
    if (frame === this.frameNumber) list.push(message)
  }

  /** Forgets the frame before when another begins; messages told late do not begin one. */
  private begin(frame: number): void {
    if (frame <= this.frameNumber) return
    this.frameNumber = frame
    this.forget()
  }

  private end(packet: Packet): void {
    this.begin(packet.number)
    this.packet = packet
    this.sinceBeforeNs = this.lastTimeNs === null ? 0 : packet.timeNs - this.lastTimeNs
    this.lastTimeNs = packet.timeNs
    this.epochNs = BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds)
  }

  private forget(): void {
    this.transports.length = 0
    this.quotedAddresses.length = 0
    this.segment = null
    this.icmp.length = 0
    this.arp = null
    this.hasCertificate = false
    const lists: unknown[][] = [this.dns, this.httpRequests, this.httpResponses, this.clientHellos, this.serverHellos]
    for (const list of [...lists, this.alerts, this.sshBanners, this.dhcp]) list.length = 0
  }
}
