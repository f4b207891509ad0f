import { FrameWalk, type WalkListener } from './decode/walk.ts'
import type { Events } from './events.ts'
import { FLOW_CONVERSATION, FLOW_WORDS, FlowTable } from './flow/flow-table.ts'
import type { Limits } from './limits.ts'
import { IP_LAYER_WORDS, type Packet } from './packet.ts'
import { ArpTable } from './protocols/arp.ts'
import { IcmpEchoes } from './protocols/icmp.ts'
import { TcpStreams } from './tcp/tcp-streams.ts'

const TRANSPORT_UDP = 17

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

  constructor(limits: Limits, listeners: readonly Partial<Events>[]) {
    this.listeners = listeners
    this.walk = new FrameWalk(this, limits)
    this.tcpStreams = new TcpStreams(this.flows, limits)
  }

  /** Takes the frame that the reader points the packet at. */
  frame(packet: Packet): void {
    this.countedLayers = 0
    this.walk.walk(packet)
    for (let layer = 0; layer < packet.ipLayerCount; layer++) {
      if ((this.countedLayers & (1 << layer)) === 0) this.countConversation(packet, layer, -1)
    }
    for (const listener of this.listeners) listener.frame?.(packet)
  }

  // --- WalkListener

  tcp(packet: Packet): void {
    const segment = this.tcpStreams.take(packet)
    if (packet.isQuoted) return
    this.flows.countFrame(segment.flow, packet.number, packet.timeNs, packet.wireLength, packet.payloadLength)
    this.countConversation(packet, packet.ipLayerCount - 1, segment.flow)
    for (const listener of this.listeners) listener.segment?.(segment, packet)
  }

  udp(packet: Packet): void {
    if (packet.isQuoted) return
    const { flows } = this
    let flow = flows.find(packet.ipLayers, packet.ipLayerStart, packet.sourcePort, packet.destinationPort, TRANSPORT_UDP)
    if (flow < 0) flow = flows.add(packet.timeNs, this.udpStreams++)
    const direction = flows.countFrame(flow, packet.number, packet.timeNs, packet.wireLength, packet.payloadLength)
    this.countConversation(packet, packet.ipLayerCount - 1, flow)
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

  /** Counts the frame for the addresses of one IP layer; a flow remembers its conversation, so that it is looked up once. */
  private countConversation(packet: Packet, layer: number, flow: number): void {
    if ((this.countedLayers & (1 << layer)) !== 0) return
    this.countedLayers |= 1 << layer
    const { conversations } = this
    const words = this.flows.words
    let index = flow < 0 ? -1 : words[flow * FLOW_WORDS + FLOW_CONVERSATION]
    if (index < 0) {
      index = conversations.find(packet.ipLayers, layer * IP_LAYER_WORDS, 0, 0, 0)
      if (index < 0) index = conversations.add(packet.timeNs, conversations.count)
      if (flow >= 0) words[flow * FLOW_WORDS + FLOW_CONVERSATION] = index
    } else {
      conversations.canonicalDirection = addressDirection(packet.ipLayers, layer * IP_LAYER_WORDS)
    }
    conversations.countFrame(index, packet.number, packet.timeNs, packet.wireLength, 0)
  }
}

/** 0 when the layer's source is the low end of the pair, as {@link FlowTable.find} orders them. */
function addressDirection(layers: Int32Array, at: number): number {
  for (let i = 1; i <= (layers[at] === 4 ? 1 : 4); i++) {
    if (layers[at + i] !== layers[at + 4 + i]) return layers[at + i] < layers[at + 4 + i] ? 0 : 1
  }
  return 0
}
