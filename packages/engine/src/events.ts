import type { Flow } from './flow/flow.ts'
import type { Packet } from './packet.ts'
import type { HasProtocols } from './protocol-set.ts'
import type { ArpMessage } from './protocols/arp.ts'
import type { IcmpMessage } from './protocols/icmp.ts'
import type { ProtocolListener } from './protocols/messages.ts'
import type { Segment } from './tcp/segment.ts'

/** Sums of consecutive frames. Times are ns since the first frame. */
export interface QuietFrames {
  readonly packets: number
  readonly firstNumber: number
  readonly lastNumber: number
  readonly firstTimeNs: number
  readonly lastTimeNs: number
  readonly wireBytes: number
}

/**
 * What a listener can hear of, in the order in which it happens within a frame; `frame` comes last.
 * Packet, segment, flow and ICMP message are borrowed: they are overwritten after the call. Messages of application protocols are
 * the listener's to keep.
 */
export interface Events extends ProtocolListener {
  /** A TCP segment, the analysis done. Quoted headers do not come here. */
  segment(segment: Segment, packet: Packet): void
  /** Those segments for which {@link Segment.isRemarkable} holds; few, so it is the event to prefer. */
  remarkable(segment: Segment, packet: Packet): void
  /**
   * A UDP datagram of a flow; direction 0 is that of the flow's first packet, `isFirst` when this is it. In runs that ask for `quiet`, of
   * flows that dissectors do not read only those are told that are remarkable.
   */
  datagram(packet: Packet, flow: number, direction: number, isFirst: boolean): void
  icmp(message: IcmpMessage, packet: Packet): void
  arp(message: ArpMessage): void
  /** A flow is over: finished, retired to make room, or the capture has ended. */
  flowEnd(flow: Flow): void
  /** Everything about the frame is known now: protocols, layers, where decoding stopped. */
  frame(packet: Packet): void
  /**
   * In runs that ask for it ({@link PipelineOptions.quiet}): frames in order that are told by their sums alone, because nothing about them
   * is remarkable and no dissector reads them. All lie within 25 ms from a multiple of it. Borrowed.
   */
  quiet(frames: QuietFrames): void
  /** Such frames by their protocols, told at the end. */
  quietProtocols(protocols: HasProtocols, frames: number, wireBytes: number): void
  /** Such frames by the id of their 802.1Q tag, told at the end. */
  quietVlan(id: number, frames: number): void
}
