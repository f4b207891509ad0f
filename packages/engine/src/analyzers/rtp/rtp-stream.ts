import type { RtpArrival } from '../../core/rtp-packets.ts'
import { addDuration, type DurationHistogram, newHistogram } from '../support/duration-histogram.ts'

/** Clock rates of static payload types (RFC 3551 §6), in ticks a second. */
const STATIC_RATES: Readonly<Record<number, number>> = {
  0: 8000,
  3: 8000,
  4: 8000,
  5: 8000,
  6: 16_000,
  7: 8000,
  8: 8000,
  9: 8000,
  10: 44_100,
  11: 44_100,
  12: 8000,
  13: 8000,
  14: 90_000,
  15: 8000,
  18: 8000,
  25: 90_000,
  26: 90_000,
  28: 90_000,
  31: 90_000,
  32: 90_000,
  33: 90_000,
  34: 90_000,
}
const COMMON_RATES = [8000, 16_000, 24_000, 32_000, 44_100, 48_000, 90_000] as const
/** A dynamic payload type's rate is known when the sender's clock has run this long beside ours. */
const LEARN_NS = 500e6
const MOST_RATE_ERROR = 0.15
/** A jump further than this is a source that starts anew (RFC 3550 appendix A.1 allows 3 000, at once). */
const MOST_DROPPED = 200
const MOST_FRAMES = 100

/** One RTP stream: what RFC 3550 §6.4.1 and appendices A.1, A.3 and A.8 keep of a source. */
export interface RtpStream {
  readonly source: number
  readonly payloadType: number
  readonly firstFrame: number
  readonly firstTimeNs: number
  readonly firstTimestamp: number
  lastTimeNs: number
  packets: number
  /** Sequence numbers from the first to the highest, wraps included. */
  expected: number
  highestSequence: number
  late: number
  repeated: number
  /** Ticks a second; 0 until it is known. */
  clockRate: number
  lastArrivalNs: number
  lastTimestamp: number
  jitterNs: number
  greatestJitterNs: number
  /** Differences of transit between packets, from which jitter is made. */
  differences: DurationHistogram
  jitterFrames: number[]
  jitterFrameCount: number
  lossFrames: number[]
  gaps: number
}

/** A stream from its `before + 1`th packet on. */
export function newRtpStream(
  source: number,
  payloadType: number,
  { number, timeNs, sequence, timestamp }: RtpArrival,
  before: number,
): RtpStream {
  return {
    source,
    payloadType,
    firstFrame: number,
    firstTimeNs: timeNs,
    firstTimestamp: timestamp,
    lastTimeNs: timeNs,
    packets: before + 1,
    expected: before + 1,
    highestSequence: sequence,
    late: 0,
    repeated: 0,
    clockRate: STATIC_RATES[payloadType] ?? 0,
    lastArrivalNs: timeNs,
    lastTimestamp: timestamp,
    jitterNs: 0,
    greatestJitterNs: 0,
    differences: newHistogram(),
    jitterFrames: [],
    jitterFrameCount: 0,
    lossFrames: [],
    gaps: 0,
  }
}

export function addRtpPacket(stream: RtpStream, arrival: RtpArrival, limitNs: number): void {
  const { number, timeNs, sequence, timestamp } = arrival
  const ahead = (sequence - stream.highestSequence) & 0xffff
  stream.lastTimeNs = timeNs
  if (ahead === 0) {
    stream.repeated++
    return
  }
  stream.packets++
  if (ahead >= 0x8000) {
    stream.late++
    return
  }
  if (ahead > MOST_DROPPED) {
    stream.expected++
    stream.highestSequence = sequence
    stream.lastArrivalNs = timeNs
    stream.lastTimestamp = timestamp
    return
  }
  if (ahead > 1) {
    stream.gaps++
    if (stream.lossFrames.length < MOST_FRAMES) stream.lossFrames.push(number)
  }
  stream.expected += ahead
  stream.highestSequence = sequence
  if (stream.clockRate === 0) learnRate(stream, arrival)
  else measure(stream, arrival, limitNs)
  stream.lastArrivalNs = timeNs
  stream.lastTimestamp = timestamp
}

/** Share of the packets that never came, 0 to 1. */
export function lossRatio({ packets, expected }: RtpStream): number {
  return Math.max(0, 1 - packets / expected)
}

/** D and J of RFC 3550 §6.4.1; packets of one frame of video share a timestamp, and silence stops packets but not the clock. */
function measure(stream: RtpStream, { number, timeNs, timestamp }: RtpArrival, limitNs: number): void {
  const ticks = (timestamp - stream.lastTimestamp) | 0
  const differenceNs = Math.abs(timeNs - stream.lastArrivalNs - (ticks * 1e9) / stream.clockRate)
  stream.jitterNs += (differenceNs - stream.jitterNs) / 16
  addDuration(stream.differences, Math.round(differenceNs))
  if (stream.jitterNs > stream.greatestJitterNs) stream.greatestJitterNs = stream.jitterNs
  if (stream.jitterNs < limitNs) return
  stream.jitterFrameCount++
  if (stream.jitterFrames.length < MOST_FRAMES) stream.jitterFrames.push(number)
}

function learnRate(stream: RtpStream, { timeNs, timestamp }: RtpArrival): void {
  const elapsedNs = timeNs - stream.firstTimeNs
  if (elapsedNs < LEARN_NS) return
  const rate = (((timestamp - stream.firstTimestamp) | 0) * 1e9) / elapsedNs
  for (const common of COMMON_RATES) if (Math.abs(rate / common - 1) <= MOST_RATE_ERROR) stream.clockRate = common
}
