import { FrameWalk, type WalkListener } from './decode/walk.ts'
import type { Events } from './events.ts'
import { FLOW_CONVERSATION, FLOW_WORDS, FlowTable } from './flow/flow-table.ts'
import type { Limits } from './limits.ts'
import { IP_LAYER_WORDS, type Packet } from './packet.ts'
import { ArpTable } from './protocols/arp.ts'
import { IcmpEchoes } from './protocols/icmp.ts'
import { TcpStreams } from './tcp/tcp-streams.ts'

const TRANSPORT_UDP = 17

/** How much the run keeps. */
export interface PipelineOptions {
  /** Keep every flow until the end, as complete lists need; otherwise finished flows make room for new ones. */
  readonly keepFlows?: boolean
}

/** From a frame to events: walks its headers, finds flows and connections, and tells the listeners. One instance serves one run. */
export class Pipeline implements WalkListener {
  readonly flows = new FlowTable()
  /** Pairs of IP addresses, as flows without ports. */
  readonly conversations = new FlowTable()
  readonly tcpStreams: TcpStreams
  udpStreams = 0
  readonly walk: FrameWalk
  readonly echoes = new IcmpEchoes()
  readonly arpTable = new ArpTable()
  private readonly listeners: readonly Partial<Events>[]
  /** IP layers of this frame already counted in their conversation, as bits. */
  private countedLayers = 0

  constructor(limits: Limits, listeners: readonly Partial<Events>[], _options: PipelineOptions) {
    this.listeners = listeners
    this.walk = new FrameWalk(this, limits)
    this.tcpStreams = new TcpStreams(this.flows, limits)
  }

  /** Takes the frame that the reader points the packet at. */
  frame(packet: Packet): void {
    this.countedLayers = 0
    this.walk.walk(packet)
    for (let layer = 0; layer < packet.ipLayerCount; layer++) {
      if ((this.countedLayers & (1 << layer)) !== 0) continue
      this.conversations.countFrame(this.findConversation(packet, layer * IP_LAYER_WORDS), packet, 0)
    }
    for (const listener of this.listeners) listener.frame?.(packet)
  }

  /** Adds the frames of every flow to the conversation of its addresses; call it once, after the last frame. */
  finish(): void {
    const { flows, conversations } = this
    for (let flow = 0; flow < flows.count; flow++) {
      const conversation = flows.words[flow * FLOW_WORDS + FLOW_CONVERSATION]
      if (conversation >= 0) conversations.addCounts(conversation, flows, flow)
    }
  }

  // --- WalkListener

  tcp(packet: Packet): void {
    const segment = this.tcpStreams.take(packet)
    if (packet.isQuoted) return
    this.flows.countFrame(segment.flow, packet, packet.payloadLength)
    this.joinConversation(packet, segment.flow)
    for (const listener of this.listeners) listener.segment?.(segment, packet)
  }

  udp(packet: Packet): void {
    if (packet.isQuoted) return
    const { flows } = this
    const { ipLayers, ipLayerStart, sourcePort, destinationPort } = packet
    let flow = flows.find(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP)
    if (flow < 0) {
      flow = flows.add(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP, packet, this.udpStreams++)
    }
    const direction = flows.countFrame(flow, packet, packet.payloadLength)
    this.joinConversation(packet, flow)
    for (const listener of this.listeners) listener.datagram?.(packet, flow, direction)
  }

  icmp(packet: Packet, version: 4 | 6): void {
    const message = this.echoes.take(packet, version)
    for (const listener of this.listeners) listener.icmp?.(message, packet)
  }

  arp(packet: Packet): void {
    const message = this.arpTable.take(packet)
    if (message === null) return
    for (const listener of this.listeners) listener.arp?.(message)
  }

  /** Finds the conversation of a flow when the flow is new. Its frames are added to the conversation at the end, all at once. */
  private joinConversation(packet: Packet, flow: number): void {
    this.countedLayers |= 1 << (packet.ipLayerCount - 1)
    const at = flow * FLOW_WORDS + FLOW_CONVERSATION
    if (this.flows.words[at] >= 0) return
    this.flows.words[at] = this.findConversation(packet, packet.ipLayerStart)
  }

  private findConversation(packet: Packet, at: number): number {
    const { conversations } = this
    const { ipLayers } = packet
    const index = conversations.find(ipLayers, at, 0, 0, 0)
    return index >= 0 ? index : conversations.add(ipLayers, at, 0, 0, 0, packet, conversations.count)
  }
}
