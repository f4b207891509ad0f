import type {
  ConnectionDetail,
  ConnectionEnds,
  Details,
  EvidenceFrame,
  EvidenceTimeline,
  Report,
  SegmentRow,
} from '@pcap-analyzer/engine'
import {
  ANY_RETRANSMISSION,
  describeEnds,
  describeFrame,
  type Events,
  type Flow,
  type FrameFacts,
  KEEP_ALIVE,
  LOSS_AFTER_CAPTURE,
  LOSS_AMBIGUOUS,
  LOSS_BEFORE_CAPTURE,
  LOSS_CAPTURE_DUPLICATE,
  LOSS_NEEDLESS,
  type Packet,
  type Segment,
  ZERO_WINDOW_PROBE,
} from '@pcap-analyzer/engine/observe'
import { BurstShares } from './burst-shares.ts'
import { BinSeries } from './connection-bins.ts'
import { HandshakeTimes } from './handshake-times.ts'
import { interestingStreams } from './interesting-streams.ts'
import { RecentSegments } from './recent-segments.ts'
import { SegmentSampler } from './segment-sampler.ts'
import { TransferLimitsOfSide } from './transfer-limits.ts'

/** Findings that are shown with frames, and how much of each. */
const MOST_FINDINGS = 40
const MOST_EVIDENCE_A_FINDING = 6
const MOST_TIMELINES = 2
const MOST_CONTEXTS = 1 << 16
const ACK = 0x10
const SCALE_UNKNOWN = -1

interface Sampled extends ConnectionEnds {
  readonly firstTimeNs: number
  lastTimeNs: number
  readonly sampler: SegmentSampler
  readonly bins: readonly [BinSeries, BinSeries]
  readonly handshake: HandshakeTimes
  /** Once the handshake is over, if it was captured. */
  limits: readonly [TransferLimitsOfSide, TransferLimitsOfSide] | null
}

/**
 * Collects, in a second pass, what graphs and packet views of a report need: the frames around the evidence of findings, and samples of
 * the most interesting connections. Bounded by constants; beside them a few rows for each open connection.
 */
export class DetailsCollector {
  /** Keys of findings that want a frame. */
  private readonly wanted = new Map<number, string[]>()
  private readonly streams: ReadonlySet<number>
  private readonly recent = new Map<number, RecentSegments>()
  private readonly sampled = new Map<number, Sampled>()
  private readonly timelines = new Map<string, EvidenceTimeline[]>()
  /** Connections with evidence, by finding. */
  private readonly connectionCounts = new Map<string, number>()
  private readonly frames = new Map<string, EvidenceFrame[]>()
  /** By connection: findings that it has evidence of, with the frames. */
  private readonly keysOf = new Map<number, Map<string, Set<number>>>()
  private readonly bursts: BurstShares
  private readonly facts: FrameFacts
  private readonly flowAt: (index: number) => Flow
  private readonly keys: readonly string[]

  constructor(report: Report, facts: FrameFacts, flowAt: (index: number) => Flow) {
    this.facts = facts
    this.flowAt = flowAt
    this.streams = interestingStreams(report)
    this.bursts = new BurstShares(report)
    const shown = report.findings.slice(0, MOST_FINDINGS)
    this.keys = shown.map(({ key }) => key)
    for (const { key, evidence } of shown) {
      for (const frame of evidence.frames.slice(0, MOST_EVIDENCE_A_FINDING)) {
        const keys = this.wanted.get(frame)
        if (keys === undefined) this.wanted.set(frame, [key])
        else keys.push(key)
      }
    }
  }

  readonly on: Partial<Events> = {
    segment: (segment, packet) => this.segment(segment, packet),
    frame: (packet) => this.frame(packet),
    flowEnd: (flow) => this.flowEnd(flow),
  }

  /** Call it after the run has finished. */
  result(): Details {
    return {
      findings: this.keys.flatMap((key) => {
        const timelines = this.timelines.get(key) ?? []
        const frames = this.frames.get(key) ?? []
        return timelines.length + frames.length === 0
          ? []
          : [{ key, timelines, connections: this.connectionCounts.get(key) ?? 0, frames }]
      }),
      connections: [...this.streams].flatMap((stream) => {
        const sampled = this.sampled.get(stream)
        return sampled === undefined ? [] : [connectionDetail(sampled)]
      }),
      bursts: this.bursts.result(),
    }
  }

  private segment(segment: Segment, packet: Packet): void {
    const row = rowOf(segment, packet, this.flowAt(segment.flow).initiator)
    this.remember(segment, row)
    if (this.streams.has(segment.stream)) this.sample(segment, packet, row)
  }

  private remember(segment: Segment, row: SegmentRow): void {
    let recent = this.recent.get(segment.flow)
    if (recent === undefined) {
      if (this.recent.size >= MOST_CONTEXTS) return
      recent = new RecentSegments()
      this.recent.set(segment.flow, recent)
    }
    const keys = this.wanted.get(row[0])
    recent.add(row, keys !== undefined)
    if (keys === undefined) return
    const own = this.keysOf.get(segment.flow) ?? new Map<string, Set<number>>()
    this.keysOf.set(segment.flow, own)
    for (const key of keys) own.set(key, (own.get(key) ?? new Set()).add(row[0]))
  }

  private sample(segment: Segment, packet: Packet, row: SegmentRow): void {
    let sampled = this.sampled.get(segment.stream)
    if (sampled === undefined) {
      const ends = endsOf(this.flowAt(segment.flow))
      const bins = [new BinSeries(), new BinSeries()] as const
      const { timeNs } = packet
      const [sampler, handshake] = [new SegmentSampler(), new HandshakeTimes()]
      sampled = { ...ends, firstTimeNs: timeNs, lastTimeNs: timeNs, sampler, bins, handshake, limits: null }
      this.sampled.set(segment.stream, sampled)
    }
    sampled.lastTimeNs = Math.max(sampled.lastTimeNs, packet.timeNs)
    sampled.sampler.add(row, segment.isRemarkable)
    const sinceNs = packet.timeNs - sampled.firstTimeNs
    const side = row[2]
    sampled.bins[side].add(sinceNs, {
      payloadBytes: segment.payloadLength,
      inFlightBytes: segment.bytesInFlight,
      windowBytes: segment.windowBytes,
      isResent: (segment.flags & ANY_RETRANSMISSION) !== 0,
    })
    if (segment.rttNs > 0) sampled.bins[side ^ 1].addRtt(sinceNs, segment.rttNs)
    followLimits(sampled, segment, row)
  }

  /** Evidence that is no TCP segment is described as it stands. */
  private frame(packet: Packet): void {
    if (this.bursts.has(packet.number)) {
      const { source, destination, protocol } = describeEnds(this.facts)
      this.bursts.add(source, destination, protocol, packet.wireLength)
    }
    const keys = this.wanted.get(packet.number)
    if (keys === undefined || this.facts.segment !== null) return
    const described = {
      frame: packet.number,
      timeNs: packet.timeNs,
      wireBytes: packet.wireLength,
      ...describeFrame(this.facts),
    }
    for (const key of keys) {
      const frames = this.frames.get(key) ?? []
      this.frames.set(key, frames)
      frames.push(described)
    }
  }

  private flowEnd(flow: Flow): void {
    const recent = this.recent.get(flow.index)
    if (recent === undefined) return
    this.recent.delete(flow.index)
    const keys = this.keysOf.get(flow.index)
    this.keysOf.delete(flow.index)
    if (keys === undefined) return
    for (const [key, evidence] of keys) {
      const timeline = { ...endsOf(flow), segments: recent.around(evidence), total: recent.total }
      const timelines = this.timelines.get(key) ?? []
      this.timelines.set(key, timelines)
      this.connectionCounts.set(key, (this.connectionCounts.get(key) ?? 0) + 1)
      if (timelines.length < MOST_TIMELINES) timelines.push(timeline)
    }
  }
}

/** Until the handshake is over nothing is in flight that could be limited. */
function followLimits(sampled: Sampled, segment: Segment, row: SegmentRow): void {
  const [, timeNs, side, flags, sequence, acknowledged, windowBytes, payloadBytes] = row
  if (sampled.limits === null) {
    sampled.handshake.add(side, flags, timeNs)
    const lags = sampled.handshake.roundTripsNs()
    if (lags === null) return
    sampled.limits = [new TransferLimitsOfSide(lags[0]), new TransferLimitsOfSide(lags[1])]
  }
  const isProbe = (segment.flags & (KEEP_ALIVE | ZERO_WINDOW_PROBE)) !== 0
  if (payloadBytes > 0 && !isProbe && segment.loss !== LOSS_CAPTURE_DUPLICATE)
    sampled.limits[side].sent({ timeNs, sequence, payloadBytes, isResent: isResent(segment) })
  if ((flags & ACK) === 0) return
  sampled.limits[side === 0 ? 1 : 0].acknowledge({
    timeNs,
    acknowledged,
    windowBytes: segment.windowScale === SCALE_UNKNOWN ? null : windowBytes,
    rttNs: segment.rttNs,
  })
}

/** In our view; tshark's decides where that cannot tell. */
function isResent({ loss, flags }: Segment): boolean {
  if (loss === LOSS_AMBIGUOUS) return (flags & ANY_RETRANSMISSION) !== 0
  return loss === LOSS_BEFORE_CAPTURE || loss === LOSS_AFTER_CAPTURE || loss === LOSS_NEEDLESS
}

function connectionDetail({ sampler, bins, lastTimeNs, handshake: _, limits, ...ends }: Sampled): ConnectionDetail {
  return {
    ...ends,
    durationNs: lastTimeNs - ends.firstTimeNs,
    total: sampler.total,
    stride: sampler.stride,
    segments: sampler.rows(),
    bins: [bins[0].result(), bins[1].result()],
    limits: limits === null ? [null, null] : [limits[0].result(), limits[1].result()],
  }
}

function rowOf(segment: Segment, packet: Packet, initiator: number): SegmentRow {
  return [
    packet.number,
    packet.timeNs,
    segment.direction === initiator ? 0 : 1,
    segment.tcpFlags,
    segment.relativeSequence,
    (segment.tcpFlags & 0x10) === 0 ? 0 : segment.relativeAcknowledgment,
    segment.windowBytes,
    segment.payloadLength,
    segment.isShown ? segment.flags : 0,
    segment.loss,
  ]
}

function endsOf(flow: Flow): ConnectionEnds {
  const { initiator, number } = flow
  return {
    stream: number,
    initiator: flow.address(initiator),
    initiatorPort: flow.port(initiator),
    responder: flow.address(initiator ^ 1),
    responderPort: flow.port(initiator ^ 1),
  }
}
