import { FrameWalk, type WalkListener } from './decode/walk.ts'
import type { Events } from './events.ts'
import { Flow } from './flow/flow.ts'
import {
  FLOW_CONNECTION,
  FLOW_CONVERSATION,
  FLOW_FIRST_FRAME,
  FLOW_HIGH_ADDRESS,
  FLOW_LAST_TIME,
  FLOW_LOW_ADDRESS,
  FLOW_META,
  FLOW_NUMBER,
  FLOW_WORDS,
  FlowTable,
} from './flow/flow-table.ts'
import type { Limits } from './limits.ts'
import { Listeners } from './listeners.ts'
import { IP_LAYER_WORDS, type Packet } from './packet.ts'
import { ArpTable } from './protocols/arp.ts'
import { IcmpEchoes } from './protocols/icmp.ts'
import { ProtocolReader } from './protocols/protocol-reader.ts'
import { LossView } from './tcp/loss.ts'
import { TcpStreams } from './tcp/tcp-streams.ts'

const TRANSPORT_TCP = 6
const TRANSPORT_UDP = 17
const FLOWS_BEFORE_RETIRING = 1 << 15
const CLOSED_NS = 60e9
const SILENT_NS = 600e9

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
  /** Pairs of IP addresses, as flows without ports; only kept with the flows. */
  readonly conversations: FlowTable | null
  /** Flows retired because there were more open ones than the limit allows. */
  retiredEarly = 0
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
  private readonly maxFlows: number
  /** How many flows make it worth looking for finished ones. */
  private retireAt: number

  constructor(limits: Limits, listeners: readonly Partial<Events>[], options: PipelineOptions) {
    this.listeners = new Listeners(listeners)
    this.partition = options.partition ?? { index: 0, count: 1 }
    this.conversations = options.keepFlows ? new FlowTable() : null
    this.maxFlows = limits.maxFlows
    this.retireAt = options.keepFlows ? Number.POSITIVE_INFINITY : Math.min(FLOWS_BEFORE_RETIRING, limits.maxFlows)
    this.walk = new FrameWalk(this, limits)
    this.tcpStreams = new TcpStreams(this.flows, limits)
    this.loss = options.ownView ? new LossView() : null
    this.protocols = options.protocols ? new ProtocolReader(this.listeners, limits) : null
    this.flow = new Flow(this.flows, this.tcpStreams.connections)
  }

  /** Takes the frame that the reader points the packet at. */
  frame(packet: Packet): void {
    if (this.flows.live >= this.retireAt) this.retireFlows(packet.timeNs)
    this.countedLayers = 0
    this.walk.walk(packet)
    if (this.conversations !== null) this.countConversations(packet, this.conversations)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    const calls = this.listeners.frame
    for (let i = 0; i < calls.length; i++) calls[i](packet)
  }

  /** Tells of the end of every flow and adds its frames to the conversation of its addresses; call it once, after the last frame. */
  finish(): void {
    this.protocols?.finish()
    for (let flow = 0; flow < this.flows.count; flow++) if (this.flows.isLive(flow)) this.endFlow(flow)
  }

  // --- WalkListener

  tcp(packet: Packet): void {
    const segment = this.tcpStreams.take(packet)
    if (packet.isQuoted) {
      this.protocols?.quotedSegment(segment, packet)
      return
    }
    this.flows.countFrame(segment.flow, packet, packet.payloadLength)
    this.joinConversation(packet, segment.flow)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    this.loss?.take(segment, packet)
    const calls = this.listeners.segment
    for (let i = 0; i < calls.length; i++) calls[i](segment, packet)
    if (this.protocols === null) return
    this.protocols.segment(segment, packet)
    if (segment.isClosed) this.protocols.releaseConnection(segment.connection)
  }

  udp(packet: Packet): void {
    if (packet.isQuoted) {
      this.protocols?.quotedDatagram(packet)
      return
    }
    const { flows } = this
    const { ipLayers, ipLayerStart, sourcePort, destinationPort } = packet
    let flow = flows.find(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP)
    const isFirst = flow < 0
    if (isFirst) {
      flow = flows.add(ipLayers, ipLayerStart, sourcePort, destinationPort, TRANSPORT_UDP, packet, this.udpStreams++)
    }
    const direction = flows.countFrame(flow, packet, packet.payloadLength)
    this.joinConversation(packet, flow)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    const calls = this.listeners.datagram
    for (let i = 0; i < calls.length; i++) calls[i](packet, flow, direction, isFirst)
    this.protocols?.datagram(packet, flows.words[flow * FLOW_WORDS + FLOW_NUMBER], direction)
  }

  icmp(packet: Packet, version: 4 | 6): void {
    if (this.listeners.icmp.length === 0) return
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    const message = this.echoes.take(packet, version)
    for (const call of this.listeners.icmp) call(message, packet)
  }

  arp(packet: Packet): void {
    if (this.listeners.arp.length === 0) return
    if (this.partition.index > 0) return
    const message = this.arpTable.take(packet)
    if (message === null) return
    for (const call of this.listeners.arp) call(message)
  }

  private endFlow(index: number): void {
    const record = index * FLOW_WORDS
    if (this.flows.words[record + FLOW_FIRST_FRAME] === 0) return
    this.conversations?.addCounts(this.flows.words[record + FLOW_CONVERSATION], this.flows, index)
    const { words } = this.flows
    if (
      this.partition.count > 1 &&
      partOf(words, record + FLOW_LOW_ADDRESS, record + FLOW_HIGH_ADDRESS, this.partition.count) !==
        this.partition.index
    )
      return
    this.flow.at(index)
    for (const call of this.listeners.flowEnd) call(this.flow)
  }

  /**
   * Ends flows that have been closed for a minute or silent for ten, to make room; when hardly any are, allows twice as many, up to
   * the limit, and then ends those that have been silent for longest. Amortised O(1) a flow.
   */
  private retireFlows(nowNs: number): void {
    const { flows } = this
    for (let flow = 0; flow < flows.count; flow++) {
      if (!flows.isLive(flow)) continue
      const silentNs = nowNs - flows.doubles[(flow * FLOW_WORDS) / 2 + FLOW_LAST_TIME]
      if (silentNs > SILENT_NS || (silentNs > CLOSED_NS && this.isClosed(flow))) this.retire(flow)
    }
    if (flows.live > this.retireAt / 2) {
      if (this.retireAt < this.maxFlows) this.retireAt = Math.min(this.retireAt * 2, this.maxFlows)
      else this.retireSilent(flows.live >> 2)
    }
    flows.rebuild()
  }

  /** Ends the `count` flows that have been silent for longest. O(n log n). */
  private retireSilent(count: number): void {
    const { flows } = this
    const live = Array.from({ length: flows.count }, (_, flow) => flow).filter((flow) => flows.isLive(flow))
    const lastTimeNs = (flow: number) => flows.doubles[(flow * FLOW_WORDS) / 2 + FLOW_LAST_TIME]
    live.sort((a, b) => lastTimeNs(a) - lastTimeNs(b) || a - b)
    for (const flow of live.slice(0, count)) this.retire(flow)
    this.retiredEarly += count
  }

  private retire(flow: number): void {
    this.endFlow(flow)
    if (this.isTcp(flow)) {
      const connection = this.flows.words[flow * FLOW_WORDS + FLOW_CONNECTION]
      this.protocols?.releaseConnection(connection)
      this.loss?.clear(connection)
      this.tcpStreams.remove(connection)
    }
    this.flows.remove(flow)
  }

  private isClosed(flow: number): boolean {
    return this.isTcp(flow) && this.tcpStreams.isClosed(this.flows.words[flow * FLOW_WORDS + FLOW_CONNECTION])
  }

  private isTcp(flow: number): boolean {
    return this.flows.words[flow * FLOW_WORDS + FLOW_META] >>> 8 === TRANSPORT_TCP
  }

  /** True when traffic of the IP layer at `at` is told by this run; frames without one belong to part 0. */
  private isOurs(packet: Packet, at: number): boolean {
    const { index, count } = this.partition
    return packet.ipLayerCount === 0 ? index === 0 : partOf(packet.ipLayers, at + 1, at + 5, count) === index
  }

  private countConversations(packet: Packet, conversations: FlowTable): void {
    for (let layer = 0; layer < packet.ipLayerCount; layer++) {
      if ((this.countedLayers & (1 << layer)) !== 0) continue
      conversations.countFrame(findConversation(conversations, packet, layer * IP_LAYER_WORDS), packet, 0)
    }
  }

  /** Finds the conversation of a flow when the flow is new. Its frames are added to the conversation at the end, all at once. */
  private joinConversation(packet: Packet, flow: number): void {
    this.countedLayers |= 1 << (packet.ipLayerCount - 1)
    if (this.conversations === null) return
    const at = flow * FLOW_WORDS + FLOW_CONVERSATION
    if (this.flows.words[at] >= 0) return
    this.flows.words[at] = findConversation(this.conversations, packet, packet.ipLayerStart)
  }
}

function findConversation(conversations: FlowTable, packet: Packet, at: number): number {
  const { ipLayers } = packet
  const index = conversations.find(ipLayers, at, 0, 0, 0)
  return index >= 0 ? index : conversations.add(ipLayers, at, 0, 0, 0, packet, conversations.count)
}

/** Part of a split run that a pair of addresses belongs to, the same for both directions; only the first word of each counts. */
function partOf(words: Int32Array, a: number, b: number, count: number): number {
  return (Math.imul(words[a] ^ words[b], 0x9e3779b1) >>> 16) % count
}
