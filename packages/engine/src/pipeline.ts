import { FrameWalk, type WalkListener } from './decode/walk.ts'
import type { Events } from './events.ts'
import { Flow } from './flow/flow.ts'
import { FLOW_CONVERSATION, FLOW_FIRST_FRAME, FLOW_WORDS, FlowTable } from './flow/flow-table.ts'
import type { Limits } from './limits.ts'
import { Listeners } from './listeners.ts'
import { IP_LAYER_WORDS, type Packet } from './packet.ts'
import { ArpTable } from './protocols/arp.ts'
import { IcmpEchoes } from './protocols/icmp.ts'
import { ProtocolReader } from './protocols/protocol-reader.ts'
import { LossView } from './tcp/loss.ts'
import { TcpStreams } from './tcp/tcp-streams.ts'

const TRANSPORT_UDP = 17

/** What a run does beside TCP's analysis, and how much it keeps. */
export interface PipelineOptions {
  /** Keep every flow until the end, as complete lists need; otherwise finished flows make room for new ones. */
  readonly keepFlows?: boolean
  /** Our own view of loss beside tshark's. */
  readonly ownView?: boolean
  /** Read application protocols. */
  readonly protocols?: boolean
  /** Only tell of traffic of one part of the address pairs, for work that is split; 0 ≤ index < count. */
  readonly partition?: { readonly index: number; readonly count: number }
}

/** From a frame to events: walks its headers, finds flows and connections, and tells the listeners. One instance serves one run. */
export class Pipeline implements WalkListener {
  readonly flows = new FlowTable()
  /** Pairs of IP addresses, as flows without ports. */
  readonly conversations = new FlowTable()
  readonly tcpStreams: TcpStreams
  readonly walk: FrameWalk
  readonly echoes = new IcmpEchoes()
  readonly arpTable = new ArpTable()
  readonly protocols: ProtocolReader | null
  readonly flow: Flow
  /** UDP streams numbered so far. */
  udpStreams = 0
  private readonly loss: LossView | null
  private readonly listeners: Listeners
  private readonly partition: { readonly index: number; readonly count: number }
  /** IP layers of this frame already counted in their conversation, as bits. */
  private countedLayers = 0

  constructor(limits: Limits, listeners: readonly Partial<Events>[], options: PipelineOptions) {
    this.listeners = new Listeners(listeners)
    this.partition = options.partition ?? { index: 0, count: 1 }
    this.walk = new FrameWalk(this, limits)
    this.tcpStreams = new TcpStreams(this.flows, limits)
    this.loss = options.ownView ? new LossView() : null
    this.protocols = options.protocols ? new ProtocolReader(this.listeners, limits) : null
    this.flow = new Flow(this.flows, this.tcpStreams.connections)
  }

  /** Takes the frame that the reader points the packet at. */
  frame(packet: Packet): void {
    this.countedLayers = 0
    this.walk.walk(packet)
    for (let layer = 0; layer < packet.ipLayerCount; layer++) {
      if ((this.countedLayers & (1 << layer)) !== 0) continue
      this.conversations.countFrame(this.findConversation(packet, layer * IP_LAYER_WORDS), packet, 0)
    }
    if (this.partition.count > 1 && !this.isOurs(packet.ipLayerCount === 0 ? 0 : this.findConversation(packet, 0))) return
    const calls = this.listeners.frame
    for (let i = 0; i < calls.length; i++) calls[i](packet)
  }

  /** Tells of the end of every flow and adds its frames to the conversation of its addresses; call it once, after the last frame. */
  finish(): void {
    this.protocols?.finish()
    for (let flow = 0; flow < this.flows.count; flow++) this.endFlow(flow)
  }

  // --- WalkListener

  tcp(packet: Packet): void {
    const segment = this.tcpStreams.take(packet)
    if (packet.isQuoted) return
    this.flows.countFrame(segment.flow, packet, packet.payloadLength)
    const conversation = this.joinConversation(packet, segment.flow)
    if (!this.isOurs(conversation)) return
    this.loss?.take(segment, packet)
    const calls = this.listeners.segment
    for (let i = 0; i < calls.length; i++) calls[i](segment, packet)
    this.protocols?.segment(segment, packet)
  }

  udp(packet: Packet): void {
    if (packet.isQuoted) return
    const { flows } = this
    const { ipLayers, ipLayerStart, sourcePort, destinationPort } = packet
    let flow = flows.find(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP)
    const isFirst = flow < 0
    if (isFirst) {
      flow = flows.add(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP, packet, this.udpStreams++)
    }
    const direction = flows.countFrame(flow, packet, packet.payloadLength)
    if (!this.isOurs(this.joinConversation(packet, flow))) return
    const calls = this.listeners.datagram
    for (let i = 0; i < calls.length; i++) calls[i](packet, flow, direction, isFirst)
    this.protocols?.datagram(packet, flow, direction)
  }

  icmp(packet: Packet, version: 4 | 6): void {
    if (this.partition.count > 1 && !this.isOurs(this.findConversation(packet, packet.ipLayerStart))) return
    const message = this.echoes.take(packet, version)
    for (const call of this.listeners.icmp) call(message, packet)
  }

  arp(packet: Packet): void {
    if (!this.isOurs(0)) return
    const message = this.arpTable.take(packet)
    if (message === null) return
    for (const call of this.listeners.arp) call(message)
  }

  private endFlow(index: number): void {
    const record = index * FLOW_WORDS
    if (this.flows.words[record + FLOW_FIRST_FRAME] === 0) return
    const conversation = this.flows.words[record + FLOW_CONVERSATION]
    this.conversations.addCounts(conversation, this.flows, index)
    if (!this.isOurs(conversation)) return
    this.flow.at(index)
    for (const call of this.listeners.flowEnd) call(this.flow)
  }

  /** True when traffic of this conversation is told by this run; with one part that is all of it. */
  private isOurs(conversation: number): boolean {
    return this.partition.count === 1 || conversation % this.partition.count === this.partition.index
  }

  /** Finds the conversation of a flow when the flow is new. Its frames are added to the conversation at the end, all at once. */
  private joinConversation(packet: Packet, flow: number): number {
    this.countedLayers |= 1 << (packet.ipLayerCount - 1)
    const at = flow * FLOW_WORDS + FLOW_CONVERSATION
    const known = this.flows.words[at]
    if (known >= 0) return known
    const conversation = this.findConversation(packet, packet.ipLayerStart)
    this.flows.words[at] = conversation
    return conversation
  }

  private findConversation(packet: Packet, at: number): number {
    const { conversations } = this
    const { ipLayers } = packet
    const index = conversations.find(ipLayers, at, 0, 0, 0)
    return index >= 0 ? index : conversations.add(ipLayers, at, 0, 0, 0, packet, conversations.count)
  }
}
