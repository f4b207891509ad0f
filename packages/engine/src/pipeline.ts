import { Core } from './core/core.ts'
import { TELLS, type TextSink } from './core/core-options.ts'
import { Observations } from './core/observations.ts'
import type { ObserverSettings } from './core/observer-settings.ts'
import { FrameWalk, type WalkListener } from './decode/walk.ts'
import type { Events } from './events.ts'
import { EndedFlows } from './flow/ended-flows.ts'
import { Flow } from './flow/flow.ts'
import {
  FLOW_CONNECTION,
  FLOW_FIRST_FRAME,
  FLOW_HIGH_ADDRESS,
  FLOW_LAST_TIME,
  FLOW_LOW_ADDRESS,
  FLOW_META,
} from './flow/flow-record.ts'
import type { Limits } from './limits.ts'
import { Listeners } from './listeners.ts'
import { CoreDatagramFlows } from './march/datagram-flows.ts'
import { tellQuietFrames } from './march/quiet-frames.ts'
import { CoreStreamConnections } from './march/stream-connections.ts'
import { IP_LAYER_WORDS, type Packet } from './packet.ts'
import { ArpTable } from './protocols/arp.ts'
import { IcmpEchoes } from './protocols/icmp.ts'
import { ProtocolReader } from './protocols/protocol-reader.ts'
import { CONNECTION_COMPLETENESS } from './tcp/connection-record.ts'

const TRANSPORT_TCP = 6
const COMPLETENESS_SYN = 1
const FLOWS_BEFORE_RETIRING = 1 << 15
/** How long after its last frame a flow is over, once there are many: closed, asked for in vain, UDP, and every other. */
const CLOSED_NS = 15e9
const UNANSWERED_NS = 120e9
const UDP_NS = 60e9
const SILENT_NS = 600e9
/** Looking for finished flows costs as much as there are; it is done again when there are so many times what was left. */
const GROWTH_BEFORE_RETIRING = 1.5

/** What a run does beside TCP's analysis, and how much it keeps. */
export interface PipelineOptions {
  /** Keep every flow until the end, as complete lists need; otherwise finished flows make room for new ones. */
  readonly keepFlows?: boolean
  /** Our own view of loss beside tshark's. */
  readonly ownView?: boolean
  /** Gets lists of frames and flows as JSON text, as `facts` prints them. */
  readonly takeText?: TextSink
  /** Tell of datagrams that have the header of RTP in a quiet run too, unless they are gathered ({@link Observations.rtp}). */
  readonly rtp?: boolean
  /** Read application protocols. */
  readonly protocols?: boolean
  /** Give DNS messages the addresses and names they answer with. */
  readonly dnsAnswers?: boolean
  /** Give HTTP messages their {@link HttpDetails}, and tell the steps of TLS handshakes. */
  readonly protocolDetails?: boolean
  /** Sets the core's observers to work, which analyzers read; needs `ownView`. */
  readonly observe?: ObserverSettings
  /** Tell of TCP frames by their sums alone where nothing is remarkable and nobody reads them, see {@link Events.quiet}; faster. */
  readonly quiet?: boolean
  /** Only tell of traffic of one part of the address pairs, for work that is split; 0 ≤ index < count. */
  readonly partition?: { readonly index: number; readonly count: number }
}

/** From a frame to events: walks its headers, finds flows and connections, and tells the listeners. One instance serves one run. */
export class Pipeline implements WalkListener {
  /** Flows, TCP connections, and with the flows pairs of IP addresses. */
  readonly core: Core
  /** Flows retired because there were more open ones than the limit allows. */
  retiredEarly = 0
  readonly walk: FrameWalk
  readonly echoes = new IcmpEchoes()
  readonly arpTable = new ArpTable()
  readonly protocols: ProtocolReader | null
  readonly flow: Flow
  /** What the core noted of connections, when it observes. */
  readonly observations: Observations
  /** How far dissectors look into the datagrams of a flow. */
  readonly datagramFlows: CoreDatagramFlows
  private readonly endedFlows: EndedFlows
  private readonly keepsFlows: boolean
  readonly listeners: Listeners
  private readonly partition: { readonly index: number; readonly count: number }
  /** IP layers of this frame already counted in their conversation, as bits. */
  private countedLayers = 0
  private readonly maxFlows: number
  /** How many flows make it worth looking for finished ones. */
  private retireAt: number
  /** The core may take frames by itself. */
  readonly isQuiet: boolean

  constructor(limits: Limits, listeners: readonly Partial<Events>[], options: PipelineOptions) {
    this.listeners = new Listeners(listeners)
    this.partition = options.partition ?? { index: 0, count: 1 }
    this.keepsFlows = options.keepFlows ?? false
    this.maxFlows = limits.maxFlows
    this.retireAt = options.keepFlows ? Number.POSITIVE_INFINITY : Math.min(FLOWS_BEFORE_RETIRING, limits.maxFlows)
    this.walk = new FrameWalk(this, limits)
    this.isQuiet = options.quiet === true && this.partition.count === 1 && this.listeners.segment === null
    const tellsRemarkable = this.listeners.remarkable !== null ? TELLS.remarkable : 0
    this.core = new Core({
      maxUnackedSegments: limits.maxUnackedSegments,
      conversations: this.keepsFlows,
      ownView: options.ownView ?? false,
      tells: tellsRemarkable | (options.protocols ? TELLS.payload : 0) | (options.rtp ? TELLS.rtp : 0),
      takeText: options.takeText ?? null,
    })
    if (options.observe !== undefined) this.core.observe(options.observe, this.partition)
    this.observations = new Observations(this.core)
    this.datagramFlows = new CoreDatagramFlows(this.core)
    this.protocols = options.protocols
      ? new ProtocolReader(this.listeners, limits, new CoreStreamConnections(this.core), this.datagramFlows, options)
      : null
    this.flow = new Flow(this.core)
    this.endedFlows = new EndedFlows(this.core, this.listeners.flowEnds)
  }

  /** Takes the frame that the reader points the packet at. */
  frame(packet: Packet): void {
    if (this.core.liveFlows >= this.retireAt && !this.core.isTaken) this.retireFlows(packet.timeNs)
    this.countedLayers = 0
    this.walk.walk(packet)
    if (this.keepsFlows) this.countConversations(packet)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    this.listeners.frame?.(packet)
  }

  /** Tells of the end of every flow and adds its frames to the conversation of its addresses; call it once, after the last frame. */
  finish(): void {
    if (this.isQuiet) tellQuietFrames(this.core, this.listeners)
    this.protocols?.finish()
    for (let flow = 0; flow < this.core.flowRecords; flow++) if (this.isLive(flow)) this.endFlow(flow)
    this.endedFlows.tell()
  }

  // --- WalkListener

  tcp(packet: Packet): void {
    const segment = this.core.takeTcp(packet)
    if (packet.isQuoted) {
      this.protocols?.quotedSegment(segment, packet)
      return
    }
    this.countedLayers |= 1 << (packet.ipLayerCount - 1)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    const { listeners } = this
    if (listeners.segment !== null) listeners.segment(segment, packet)
    if (listeners.remarkable !== null && segment.isRemarkable) listeners.remarkable(segment, packet)
    if (this.protocols === null) return
    this.protocols.segment(segment, packet)
    if (segment.isClosed) this.protocols.releaseConnection(segment.connection)
  }

  udp(packet: Packet): void {
    if (packet.isQuoted) {
      this.protocols?.quotedDatagram(packet)
      return
    }
    const segment = this.core.takeUdp(packet)
    this.countedLayers |= 1 << (packet.ipLayerCount - 1)
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    this.listeners.datagram?.(packet, segment.flow, segment.direction, segment.isFirst)
    this.protocols?.datagram(segment, packet)
  }

  icmp(packet: Packet, version: 4 | 6): void {
    if (this.listeners.icmp === null) return
    if (this.partition.count > 1 && !this.isOurs(packet, packet.ipLayerStart)) return
    const message = this.echoes.take(packet, version)
    this.listeners.icmp(message, packet)
  }

  arp(packet: Packet): void {
    if (this.listeners.arp === null) return
    if (this.partition.index > 0) return
    const message = this.arpTable.take(packet)
    if (message === null) return
    this.listeners.arp(message)
  }

  /** So many flows make it look for finished ones. */
  get mostFlows(): number {
    return this.retireAt
  }

  private endFlow(index: number): void {
    const record = this.core.flowAt(index)
    if (this.core.words[record + FLOW_FIRST_FRAME] === 0) return
    this.core.joinConversation(index)
    // memory may have grown
    const { words } = this.core
    if (
      this.partition.count > 1 &&
      partOf(words, record + FLOW_LOW_ADDRESS, record + FLOW_HIGH_ADDRESS, this.partition.count) !==
        this.partition.index
    )
      return
    this.endedFlows.add(index)
  }

  /**
   * Ends flows that are over, to make room, and looks again when there are half as many more as were left; at the limit it ends those that
   * have been silent for longest. Amortised O(1) a flow.
   */
  private retireFlows(nowNs: number): void {
    const { core } = this
    const over: number[] = []
    for (let flow = 0; flow < core.flowRecords; flow++) {
      if (!this.isLive(flow)) continue
      const silentNs = nowNs - this.lastTimeNs(flow)
      if (silentNs > CLOSED_NS && silentNs > this.patienceNs(flow)) over.push(flow)
    }
    this.retire(over)
    const live = core.liveFlows - over.length
    const wanted = Math.max(FLOWS_BEFORE_RETIRING, live * GROWTH_BEFORE_RETIRING)
    this.retireAt = Math.min(wanted, this.maxFlows)
    if (live * GROWTH_BEFORE_RETIRING > this.maxFlows) this.retireSilent(live >> 2)
    core.rebuildFlows()
  }

  /** How long a flow may be silent and still go on. */
  private patienceNs(flow: number): number {
    const { core } = this
    const record = core.flowAt(flow)
    if (core.words[record + FLOW_META] >>> 8 !== TRANSPORT_TCP) return UDP_NS
    if (core.isClosed(flow)) return CLOSED_NS
    const connection = core.connectionAt(core.words[record + FLOW_CONNECTION])
    return core.words[connection + CONNECTION_COMPLETENESS] === COMPLETENESS_SYN ? UNANSWERED_NS : SILENT_NS
  }

  /** Ends the `count` flows that have been silent for longest. O(n log n). */
  private retireSilent(count: number): void {
    const all = Array.from({ length: this.core.flowRecords }, (_, flow) => flow)
    const live = all.filter((flow) => this.isLive(flow))
    live.sort((a, b) => this.lastTimeNs(a) - this.lastTimeNs(b) || a - b)
    this.retire(live.slice(0, count))
    this.retiredEarly += count
  }

  private retire(flows: readonly number[]): void {
    const { core } = this
    for (const flow of flows) this.endFlow(flow)
    this.endedFlows.tell()
    for (const flow of flows) {
      const record = core.flowAt(flow)
      if (core.words[record + FLOW_META] >>> 8 === TRANSPORT_TCP)
        this.protocols?.releaseConnection(core.words[record + FLOW_CONNECTION])
      core.removeFlow(flow)
    }
  }

  private isLive(flow: number): boolean {
    return this.core.words[this.core.flowAt(flow) + FLOW_META] !== 0
  }

  private lastTimeNs(flow: number): number {
    return this.core.doubles[(this.core.flowAt(flow) >> 1) + FLOW_LAST_TIME]
  }

  /** True when traffic of the IP layer at `at` is told by this run; frames without one belong to part 0. */
  private isOurs(packet: Packet, at: number): boolean {
    const { index, count } = this.partition
    return packet.ipLayerCount === 0 ? index === 0 : partOf(packet.ipLayers, at + 1, at + 5, count) === index
  }

  /** Counts the IP layers that no flow accounts for; those of flows are added to their conversation at the end, all at once. */
  private countConversations(packet: Packet): void {
    for (let layer = 0; layer < packet.ipLayerCount; layer++) {
      if ((this.countedLayers & (1 << layer)) === 0) this.core.takeConversation(packet, layer * IP_LAYER_WORDS)
    }
  }
}

/** Part of a split run that a pair of addresses belongs to, the same for both directions; only the first word of each counts. */
function partOf(words: Int32Array, a: number, b: number, count: number): number {
  return (Math.imul(words[a] ^ words[b], 0x9e3779b1) >>> 16) % count
}
