import { TCP_FIN, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Limits } from '../limits.ts'
import type { Packet } from '../packet.ts'
import {
  FAST_RETRANSMISSION,
  KEEP_ALIVE,
  OUT_OF_ORDER,
  RETRANSMISSION,
  SPURIOUS_RETRANSMISSION,
} from '../tcp/analysis-flags.ts'
import type { Segment } from '../tcp/segment.ts'
import { DissectorChooser } from './choose-dissector.ts'
import type { DatagramFlows } from './datagram-flows.ts'
import { DnsEvents } from './dns-events.ts'
import { streamProtocols } from './index.ts'
import type { ProtocolListener } from './messages.ts'
import { QuicTracker } from './quic/quic-tracker.ts'
import { SegmentFlag } from './segment-flags.ts'
import type { StreamConnections } from './stream-connections.ts'
import { StreamHandoff } from './stream-handoff.ts'
import { markQuotedDns, UdpDispatch } from './udp-dispatch.ts'

/** Reads the application protocols of a whole capture: a listener for segments and datagrams that tells of messages. */
export class ProtocolReader {
  readonly quic: QuicTracker
  readonly handoff: StreamHandoff
  readonly #dns: DnsEvents
  readonly #udp: UdpDispatch

  constructor(
    listener: ProtocolListener,
    limits: Limits,
    connections: StreamConnections,
    flows: DatagramFlows,
    asked: { readonly dnsAnswers?: boolean; readonly protocolDetails?: boolean } = {},
  ) {
    this.#dns = new DnsEvents(listener, asked.dnsAnswers)
    const protocols = streamProtocols(listener, this.#dns, asked.protocolDetails)
    this.handoff = new StreamHandoff(new DissectorChooser(protocols), limits, connections)
    this.quic = new QuicTracker(listener, flows)
    this.#udp = new UdpDispatch(listener, this.#dns, this.quic, flows)
  }

  /** Takes a segment that the TCP analysis is done with; not for headers quoted in errors. */
  segment(segment: Segment, packet: Packet): void {
    const { connection, direction } = segment
    const { tcpFlags, sourcePort, destinationPort } = packet
    const captured = packet.payloadEnd - packet.payloadStart
    if (captured <= 0 && (tcpFlags & TCP_FIN) === 0) return
    this.handoff.segment(
      connection,
      direction as 0 | 1,
      segment.stream,
      packet,
      sourcePort,
      destinationPort,
      segment.relativeSequence,
      packet.data,
      packet.payloadStart,
      captured,
      handoffFlags(segment.flags, tcpFlags, packet.lengthKnown && captured === packet.payloadLength),
    )
  }

  /** Takes a segment quoted by an ICMP error that belongs to a known connection; tshark pairs HTTP messages with it. */
  quotedSegment(segment: Segment, packet: Packet): void {
    const { connection, direction, stream } = segment
    const { sourcePort, destinationPort, data, payloadStart, payloadEnd } = packet
    this.handoff.quotedSegment(
      connection,
      direction as 0 | 1,
      stream,
      packet,
      sourcePort,
      destinationPort,
      data,
      payloadStart,
      payloadEnd,
    )
  }

  /** Takes a datagram quoted by an ICMP error: it marks the frame as DNS where it is, as tshark does, and is no message. */
  quotedDatagram(packet: Packet): void {
    markQuotedDns(packet, packet.sourcePort, packet.destinationPort, packet.payloadEnd - packet.payloadStart)
  }

  /** Takes a datagram whose flow is known; of the segment only that counts. */
  datagram(segment: Segment, packet: Packet): void {
    this.#udp.datagram(segment, packet)
  }

  /** Forgets a connection whose number is about to be used again. */
  releaseConnection(connection: number): void {
    this.handoff.release(connection)
  }

  /** Tells what is only known at the end: the queries that nobody answered. */
  finish(): void {
    this.#dns.finish()
  }
}

function handoffFlags(analysis: number, tcpFlags: number, isWhole: boolean): number {
  let flags = isWhole ? SegmentFlag.whole : 0
  if ((tcpFlags & TCP_SYN) !== 0) flags |= SegmentFlag.syn
  if ((tcpFlags & TCP_FIN) !== 0) flags |= SegmentFlag.fin
  if ((tcpFlags & TCP_RST) !== 0) flags |= SegmentFlag.rst
  if (analysis === 0) return flags
  if ((analysis & KEEP_ALIVE) !== 0) flags |= SegmentFlag.keepAlive
  if ((analysis & OUT_OF_ORDER) !== 0) flags |= SegmentFlag.outOfOrder
  if ((analysis & SPURIOUS_RETRANSMISSION) !== 0) flags |= SegmentFlag.spuriousRetransmission
  else if ((analysis & RETRANSMISSION) !== 0 && (analysis & FAST_RETRANSMISSION) === 0) {
    flags |= SegmentFlag.plainRetransmission
  }
  return flags
}
