import type { AnalyzerContext } from '../analyzer.ts'
import { TCP_ACK, TCP_FIN, TCP_SYN } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import { ACK_LOST_SEGMENT } from '../tcp/analysis-flags.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_CLOCK_JUMP, EVENT_SAMPLED } from '../tcp/told.ts'
import { CHECKSUM_OFFLOADED, CHECKSUM_UNKNOWN, CHECKSUM_WRONG, tcpChecksum } from './checksum.ts'
import { takeClockJump } from './clock-jump.ts'
import { ConnectionMemory } from './connection-memory.ts'
import { mergeQualityCounts, newCounts, type QualityCounts } from './counts.ts'
import { countSplit, followHandshake } from './handshake-split.ts'
import { hopLimit, isInitialHopLimit } from './hop-limit.ts'
import { isOutgoing } from './outgoing.ts'
import { isSampled } from './sampling.ts'

const SYN = 1
const SYN_ACK = 2
const ACK = 4
const DATA = 8
const SYN_OR_FIN = TCP_SYN | TCP_FIN
const INITIATOR = 0
const RESPONDER = 1

/** Counts what a capture can and cannot show, beside the analyzers and under the same laws: hooks observe, `merge` adds. */
export class QualityObserver {
  readonly on = {
    frame: (packet: Packet) => this.frame(packet),
    remarkable: (segment: Segment, packet: Packet) => this.remarkable(segment, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }
  private readonly counts = newCounts()
  private hasOversized = false
  private readonly memory = new ConnectionMemory()
  private readonly context: AnalyzerContext
  private readonly leastRoundTripNs: number

  constructor(context: AnalyzerContext) {
    this.context = context
    this.leastRoundTripNs = context.setting('leastRoundTrip')
  }

  state(): QualityCounts {
    this.takeOversized()
    return this.counts
  }

  merge(other: QualityCounts): void {
    mergeQualityCounts(this.counts, other)
  }

  /** The core counts them in all of its run; taken once, when that is over. */
  private takeOversized(): void {
    if (this.hasOversized) return
    this.hasOversized = true
    this.counts.oversized += this.context.observations.oversized
  }

  private frame(packet: Packet): void {
    if (!packet.hasTime || !isSampled(packet.number)) return
    const { counts } = this
    counts.times++
    if (packet.nanoseconds % 1_000_000 !== 0) counts.finerThanMilliseconds++
    if (packet.nanoseconds % 1000 !== 0) counts.finerThanMicroseconds++
  }

  private remarkable(segment: Segment, packet: Packet): void {
    const { counts } = this
    const { told } = segment
    if (told.has(EVENT_CLOCK_JUMP)) takeClockJump(counts, this.memory, segment, packet.timeNs)
    if (told.has(EVENT_SAMPLED)) this.sample(segment, packet)
    const isControl = (packet.tcpFlags & SYN_OR_FIN) !== 0
    if (isControl && packet.payloadLength === 0) counts.sequenced++
    if (segment.loss === LOSS_CAPTURE_DUPLICATE) {
      if (isControl || packet.payloadLength > 0) counts.duplicates++
      return
    }
    if ((segment.flags & ACK_LOST_SEGMENT) !== 0) counts.ackedUnseen++
    if ((packet.tcpFlags & TCP_SYN) !== 0) this.syn(segment, packet)
  }

  /** SYN or SYN-ACK: which side is near. */
  private syn(segment: Segment, packet: Packet): void {
    const { counts, memory } = this
    const record = memory.at(segment.connection)
    followHandshake(memory, record, packet)
    const isFirst = (packet.tcpFlags & TCP_ACK) === 0
    const side = isFirst ? INITIATOR : RESPONDER
    const limit = hopLimit(packet)
    if (limit > 0) {
      counts.ttlSeen[side]++
      if (isInitialHopLimit(limit)) counts.ttlInitial[side]++
    }
  }

  private sample(segment: Segment, packet: Packet): void {
    const { counts } = this
    const side = this.context.flow(segment.flow).initiator === segment.direction ? INITIATOR : RESPONDER
    if (isOutgoing(packet)) counts.outgoing[side]++
    const verdict = tcpChecksum(packet)
    if (verdict === CHECKSUM_UNKNOWN) return
    counts.checksums[side]++
    if (verdict === CHECKSUM_OFFLOADED) counts.offloadedChecksums[side]++
    else if (verdict === CHECKSUM_WRONG) counts.wrongChecksums++
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { counts } = this
    const { completeness } = flow
    counts.segments += flow.frames(0) + flow.frames(1)
    const dataSegments = flow.dataFrames(0) + flow.dataFrames(1)
    counts.dataSegments += dataSegments
    counts.sequenced += dataSegments
    countSplit(counts, this.memory, this.memory.at(flow.connection), flow.initialRttNs, this.leastRoundTripNs)
    this.memory.clear(flow.connection)
    const hasStart = (completeness & (SYN | SYN_ACK)) !== 0
    if (hasStart || (completeness & DATA) !== 0) counts.connections++
    if (!hasStart && (completeness & DATA) !== 0) counts.midStream++
    if ((completeness & (ACK | DATA)) === 0) return
    counts.established++
    if (flow.frames(0) === 0 || flow.frames(1) === 0) counts.oneWay++
  }
}
