import { FLOW_META } from '../flow/flow-record.ts'
import type { Packet } from '../packet.ts'
import { MultipathConnections } from '../tcp/multipath.ts'
import { Segment } from '../tcp/segment.ts'
import { addressText } from '../text/addresses.ts'
import type { CoreExports } from './core-exports.ts'
import { coreHost } from './core-host.ts'
import { coreModule } from './core-module.ts'
import type { CoreOptions } from './core-options.ts'
import { HEADER_OPTIONS, writeAddresses, writeTcpHeader, writeUdpHeader } from './header.ts'
import { LEAST_LISTED, type ObserverSettings, writeObserverSettings } from './observer-settings.ts'

const OPENED = 1
const GROWN = 2
const WALK_TAKEN = 4
const WALK_SLOT_FULL = 8

/**
 * Flows, TCP connections and their analysis, compiled from assembly/ to WebAssembly: one instance serves a run.
 *
 * Decoding writes what it found into the core's header, a call follows it, and the segment shows what was concluded. Flow and connection
 * records are read through {@link words} and {@link doubles}; both are renewed when memory grows, so nobody keeps them.
 */
export class Core {
  /** All memory as integers and as doubles. */
  words = new Int32Array(0)
  doubles = new Float64Array(0)
  readonly segment = new Segment()
  /** Flows in the table. */
  liveFlows = 0
  /** The frame under the reader was already taken by {@link walk}; what it is about is in {@link segment}. */
  isTaken = false
  /** Called after memory has grown, when all views of it are new. */
  moved: () => void = () => {}
  private readonly core: CoreExports
  private readonly addressTexts: (string | undefined)[] = ['']
  private readonly ownView: boolean
  private readonly headerPointer: number
  private readonly segmentPointer: number
  private optionBytes = new Uint8Array(0)
  private readonly marchPointer: number
  private readonly toldPointer: number

  constructor({ maxUnackedSegments, conversations, ownView, tells, takeText }: CoreOptions) {
    const host = coreHost(new MultipathConnections(), takeText, () => this.buffer)
    const { exports } = new WebAssembly.Instance(coreModule(), { host })
    this.core = exports as unknown as CoreExports
    this.ownView = ownView
    this.core.start(maxUnackedSegments, Number(conversations), Number(ownView), takeText === null ? 0 : 1, tells)
    this.headerPointer = this.core.headerPointer()
    this.segmentPointer = this.core.segmentPointer()
    this.marchPointer = this.core.marchPointer()
    this.toldPointer = this.core.toldPointer()
    this.renewViews()
  }

  /** Offset in {@link words} of what a walk is told and tells, see march.ts. */
  get marchAt(): number {
    return this.marchPointer >> 2
  }

  get buffer(): ArrayBuffer {
    return this.core.memory.buffer
  }

  /** Offset of room for bytes of a capture that nobody else uses. */
  allocate(length: number): number {
    const pointer = this.core.captureRoom(length)
    if (this.words.length === 0) this.renewViews()
    return pointer
  }

  /** Walks records as {@link marchAt} says. Returns true when it only stopped because the next frame lies in another slot of time. */
  walk(): boolean {
    const result = this.core.walk()
    this.after(result)
    this.isTaken = (result & WALK_TAKEN) !== 0
    return (result & WALK_SLOT_FULL) !== 0
  }

  /** Offset in {@link words} of what frames walked over were, see frame-counts.ts. */
  get countsAt(): number {
    return this.core.countsPointer() >> 2
  }

  /** Offset in {@link words} of the number of frames walked over by id of their 802.1Q tag. */
  get vlansAt(): number {
    return this.core.vlansPointer() >> 2
  }

  /** Takes the TCP header that decoding found last. The returned segment is borrowed. */
  takeTcp(packet: Packet): Segment {
    const { segment } = this
    if (this.isTaken) this.isTaken = false
    else {
      writeTcpHeader(this.words, this.doubles, this.optionBytes, this.headerPointer >> 2, packet, this.ownView)
      this.after(this.core.takeTcp())
    }
    segment.isQuoted = packet.isQuoted
    segment.payloadLength = packet.payloadLength
    segment.tcpFlags = packet.tcpFlags
    return segment
  }

  /** Takes the UDP header that decoding found last; the flow, its direction, stream number and `isFirst` stand in {@link segment}. */
  takeUdp(packet: Packet): Segment {
    writeUdpHeader(this.words, this.doubles, this.headerPointer >> 2, packet)
    this.after(this.core.takeUdp())
    return this.segment
  }

  /** Lists a frame that holds QUIC, where lists are kept. */
  noteQuic(frame: number): void {
    this.core.noteQuic(frame)
  }

  /** From now on datagrams with a short header may be QUIC wherever they are seen. */
  noteQuicIds(): void {
    this.core.noteQuicIds()
  }

  /** Packets of RTP of one source that a walk passes are gathered from now on, if there is room; see rtp-packets.ts. */
  gatherRtp(flow: number, direction: number, source: number): void {
    this.core.gatherRtp(flow, direction, source)
  }

  /** Offset in {@link words} of what was gathered; 0 when nothing is. */
  rtpPacketsAt(flow: number, direction: number): number {
    return this.core.rtpPackets(flow, direction) >> 2
  }

  forgetRtp(flow: number, direction: number): void {
    this.core.forgetRtp(flow, direction)
  }

  /** Counts the frame for the pair of addresses in `packet.ipLayers` from `layer` on. */
  takeConversation(packet: Packet, layer: number): void {
    writeAddresses(this.words, this.doubles, this.headerPointer >> 2, packet, layer)
    this.after(this.core.takeConversation())
  }

  /** Where a flow's record starts in {@link words}. */
  flowAt(index: number): number {
    return this.core.flowPointer(index) >> 2
  }

  conversationAt(index: number): number {
    return this.core.conversationPointer(index) >> 2
  }

  /** Text of the address at the low (0) or high (1) end of a flow, made once for each address. */
  addressText(index: number, end: 0 | 1): string {
    const number = this.core.flowAddress(index, end)
    if (number !== 0 && this.addressTexts[number] !== undefined) return this.addressTexts[number]
    const at = this.flowAt(index)
    const text = addressText(this.words, at + 4 * end, this.words[at + FLOW_META] & 0xff)
    if (number !== 0) this.addressTexts[number] = text
    return text
  }

  connectionAt(index: number): number {
    return this.core.connectionPointer(index) >> 2
  }

  /** Flow records in use so far, those of removed flows included; indices are 0 … flowRecords - 1. */
  get flowRecords(): number {
    return this.core.flowRecords()
  }

  get conversationRecords(): number {
    return this.core.conversationRecords()
  }

  /** Streams numbered so far. */
  get tcpStreams(): number {
    return this.core.tcpStreams()
  }

  get udpStreams(): number {
    return this.core.udpStreams()
  }

  /** Segments not remembered as unacknowledged because there were too many. */
  get droppedUnacked(): number {
    return this.core.droppedUnacked()
  }

  /** Sets observers to work. */
  observe(settings: ObserverSettings, partition: { readonly index: number; readonly count: number }): void {
    writeObserverSettings(this.words, this.doubles, this.core.settingsPointer() >> 2, settings, partition)
  }

  /** Offset in {@link words} of the records that a walk passed the end of in a direction that has some. */
  endedRecordsAt(connection: number, direction: number): number {
    return this.core.endedRecords(connection, direction) >> 2
  }

  /** Offset in {@link words} of a connection's observations; 0 when it has none. */
  observedAt(connection: number): number {
    return this.core.observedPointer(connection) >> 2
  }

  get roundTripsAt(): number {
    return this.core.roundTripsPointer() >> 2
  }

  get oversizedSegments(): number {
    return this.core.oversizedSegments()
  }

  /** Exchanges that took less are not told from now on. */
  setLeastListed(leastNs: number): void {
    this.doubles[(this.core.settingsPointer() >> 3) + LEAST_LISTED] = leastNs
  }

  /** Ends the exchange of a connection that is over; true when it is one to be told. */
  endExchange(connection: number): boolean {
    return this.core.endExchanges(connection) !== 0
  }

  /** True when the flow is a TCP connection that both sides finished or one reset. */
  isClosed(index: number): boolean {
    return this.core.isClosed(index) !== 0
  }

  /** Call it first for a flow that ends: adds it to the conversation of its addresses, if those are kept, and makes room for their texts. */
  joinConversation(index: number): void {
    this.after(this.core.joinConversation(index))
  }

  /** Forgets a flow; its index will be used again. Call {@link rebuildFlows} before the next packet. */
  removeFlow(index: number): void {
    this.core.removeFlow(index)
  }

  rebuildFlows(): void {
    this.core.rebuildFlows()
    this.liveFlows = this.core.liveFlows()
  }

  /** Hands over what is left of a list of TCP. */
  flushList(list: number): void {
    this.core.flushList(list)
  }

  /** Prints the streams of TCP (6) or UDP (17) as a JSON array that is still open. */
  writeStreams(transport: 6 | 17): void {
    this.core.writeStreams(transport)
  }

  writeConversations(version: 4 | 6): void {
    this.core.writeConversations(version)
  }

  writeConnections(what: number): void {
    this.core.writeConnections(what)
  }

  /** How many streams {@link writeStreams} prints. */
  countedStreams(transport: 6 | 17): number {
    return this.core.countedStreams(transport)
  }

  private after(result: number): void {
    if (result === 0) return
    if ((result & OPENED) !== 0) this.liveFlows = this.core.liveFlows()
    if ((result & GROWN) !== 0) this.renewViews()
  }

  private renewViews(): void {
    const { buffer } = this.core.memory
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
    this.optionBytes = new Uint8Array(buffer, this.headerPointer + HEADER_OPTIONS * 4, 40)
    this.segment.show(this.words, this.doubles, this.segmentPointer >> 2)
    this.segment.told.show(this.words, this.doubles, this.toldPointer >> 2)
    this.moved()
  }
}
