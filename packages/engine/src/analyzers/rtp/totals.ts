import type { Flow } from '../../flow/flow.ts'
import { type DurationHistogram, mergeHistogram, newHistogram, percentileNs } from '../support/duration-histogram.ts'
import { lossRatio, type RtpStream } from './rtp-stream.ts'

const MOST_LISTED = 100

/** What is kept of a stream that ended. */
export interface EndedStream {
  udpStream: number
  sender: string
  senderPort: number
  receiver: string
  receiverPort: number
  source: number
  payloadType: number
  clockRate: number
  firstFrame: number
  packets: number
  lost: number
  lossRatio: number
  late: number
  repeated: number
  durationNs: number
  jitterNs: number
  greatestJitterNs: number
  p95Ns: number | null
  jitterFrames: number[]
  jitterFrameCount: number
  lossFrames: number[]
  gaps: number
}

export interface RtpTotals {
  streams: number
  packets: number
  lost: number
  late: number
  differences: DurationHistogram
  /** Worst first: by jitter, then loss. */
  listed: EndedStream[]
  beyond: number
}

export function newRtpTotals(): RtpTotals {
  return { streams: 0, packets: 0, lost: 0, late: 0, differences: newHistogram(), listed: [], beyond: 0 }
}

export function mergeRtpTotals(into: RtpTotals, from: RtpTotals): void {
  for (const name of ['streams', 'packets', 'lost', 'late', 'beyond'] as const) into[name] += from[name]
  mergeHistogram(into.differences, from.differences)
  into.listed.push(...from.listed)
  keepWorst(into)
}

export function addStream(totals: RtpTotals, flow: Flow, direction: number, stream: RtpStream): void {
  const lost = Math.max(0, stream.expected - stream.packets)
  totals.streams++
  totals.packets += stream.packets
  totals.lost += lost
  totals.late += stream.late
  mergeHistogram(totals.differences, stream.differences)
  const { source, payloadType, clockRate, firstFrame, packets, late, repeated } = stream
  totals.listed.push({
    udpStream: flow.number,
    sender: flow.address(direction),
    senderPort: flow.port(direction),
    receiver: flow.address(direction ^ 1),
    receiverPort: flow.port(direction ^ 1),
    source: source >>> 0,
    payloadType,
    clockRate,
    firstFrame,
    packets,
    lost,
    lossRatio: Math.round(lossRatio(stream) * 10_000) / 10_000,
    late,
    repeated,
    durationNs: Math.max(0, stream.lastTimeNs - stream.firstTimeNs),
    jitterNs: Math.round(stream.jitterNs),
    greatestJitterNs: Math.round(stream.greatestJitterNs),
    p95Ns: stream.differences.count >= 20 ? percentileNs(stream.differences, 0.95) : null,
    jitterFrames: stream.jitterFrames,
    jitterFrameCount: stream.jitterFrameCount,
    lossFrames: stream.lossFrames,
    gaps: stream.gaps,
  })
  if (totals.listed.length > 4 * MOST_LISTED) keepWorst(totals)
}

export function keepWorst({ listed }: RtpTotals): void {
  listed.sort(
    (a, b) =>
      b.greatestJitterNs - a.greatestJitterNs ||
      b.lossRatio - a.lossRatio ||
      a.firstFrame - b.firstFrame ||
      a.udpStream - b.udpStream,
  )
  listed.length = Math.min(listed.length, MOST_LISTED)
}
