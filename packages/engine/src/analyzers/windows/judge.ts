import type { Flow } from '../../flow/flow.ts'
import { addFrame } from '../support/evidence-frames.ts'
import * as side from './side.ts'
import { addTransfer, closedOf, type Limit, smallOf, type WindowTotals } from './totals.ts'

/** Shares of the times the sender went on, and of its segments, from which on they tell what limited it. */
const FULL_SHARE = 0.5
const LATE_SHARE = 0.5
const RESENT_SHARE = 0.01
/** A closed window for this share of the transfer makes the receiver its limit. */
const CLOSED_SHARE = 0.1
/** Below so many segments nothing is said. */
const LEAST_SEGMENTS = 30

/** Adds what the receiver in `direction` advertised, and judges what limited the data sent to it. */
export function judgeReceiver(
  totals: WindowTotals,
  flow: Flow,
  direction: number,
  values: Float64Array,
  receiver: number,
  sender: number,
  closedFrames: readonly number[],
  bulkBytes: number,
): void {
  if (values[receiver + side.ADVERTISED] === 0) return
  totals.sides++
  if (values[receiver + side.UNSCALED] === 1) totals.unscaledSides++
  if (values[receiver + side.SMALL] > 0) totals.smallSides++
  totals.zeroWindows += values[receiver + side.ZERO]
  totals.closedNs += values[receiver + side.CLOSED_NS]
  if (values[receiver + side.ZERO] > 0) addClosed(totals, flow, direction, values, receiver, closedFrames)
  const payloadBytes = flow.payloadBytes(direction ^ 1)
  const segments = values[sender + side.DATA_SEGMENTS]
  if (payloadBytes < bulkBytes || segments < LEAST_SEGMENTS) return
  const limit = limitOf(values, receiver, sender, segments)
  addTransfer(totals, {
    stream: flow.number,
    firstFrame: values[sender + side.FIRST_DATA_FRAME],
    sender: flow.address(direction ^ 1),
    senderPort: flow.port(direction ^ 1),
    receiver: flow.address(direction),
    receiverPort: flow.port(direction),
    payloadBytes,
    durationNs: Math.max(0, values[sender + side.LAST_DATA_TIME] - values[sender + side.FIRST_DATA_TIME]),
    leastWindowBytes: values[receiver + side.LEAST],
    greatestWindowBytes: values[receiver + side.GREATEST],
    isScaleKnown: values[receiver + side.UNSCALED] === 0,
    mostInFlightBytes: values[sender + side.MOST_IN_FLIGHT],
    zeroWindows: values[receiver + side.ZERO],
    closedNs: values[receiver + side.CLOSED_NS],
    fullRatio: rounded(values[sender + side.RESUMED_FULL] / Math.max(1, values[sender + side.RESUMES])),
    lateRatio: rounded(values[sender + side.RESUMED_LATE] / Math.max(1, values[sender + side.RESUMES])),
    resentRatio: rounded(values[sender + side.RESENT] / segments),
    limit,
  })
  if (limit === 'receiver' && values[receiver + side.ZERO] === 0)
    addSmall(totals, flow, direction, values, receiver, sender)
}

function addClosed(
  totals: WindowTotals,
  flow: Flow,
  direction: number,
  values: Float64Array,
  receiver: number,
  frames: readonly number[],
): void {
  const closed = closedOf(totals, flow.address(direction))
  if (closed === null) return
  const closedNs = values[receiver + side.CLOSED_NS]
  closed.count++
  closed.connections++
  closed.costNs += closedNs
  closed.longestNs = Math.max(closed.longestNs, closedNs)
  closed.longestClosedNs = Math.max(closed.longestClosedNs, values[receiver + side.LONGEST_CLOSED_NS])
  closed.segments += values[receiver + side.ZERO]
  for (const frame of frames) addFrame(closed.frames, frame)
}

/** A window that the sender filled again and again though it was never closed: it is too small for the round trip. */
function addSmall(
  totals: WindowTotals,
  flow: Flow,
  direction: number,
  values: Float64Array,
  receiver: number,
  sender: number,
): void {
  const small = smallOf(totals, flow.address(direction))
  if (small === null) return
  small.count++
  const meanBytes = Math.round(values[receiver + side.WINDOW_SUM] / values[sender + side.DATA_SEGMENTS])
  small.greatestMeanBytes = Math.max(small.greatestMeanBytes, meanBytes)
  small.resumedFull += values[sender + side.RESUMED_FULL]
  small.resumes += values[sender + side.RESUMES]
  small.rttNs = Math.max(small.rttNs, flow.initialRttNs)
  addFrame(small.frames, values[sender + side.FIRST_DATA_FRAME])
}

/**
 * What held the sender back. A window that was full or closed is the receiver's doing; segments sent again are the network's; a sender
 * that mostly went on late had nothing to send before; one that stayed far below the window without loss used a window of its own.
 */
function limitOf(values: Float64Array, receiver: number, sender: number, segments: number): Limit {
  const durationNs = values[sender + side.LAST_DATA_TIME] - values[sender + side.FIRST_DATA_TIME]
  const isScaleKnown = values[receiver + side.UNSCALED] === 0
  if (values[receiver + side.CLOSED_NS] >= CLOSED_SHARE * durationNs && values[receiver + side.ZERO] > 0)
    return 'receiver'
  if (isScaleKnown && values[sender + side.RESUMED_FULL] >= FULL_SHARE * values[sender + side.RESUMES])
    return 'receiver'
  if (values[sender + side.RESENT] >= RESENT_SHARE * segments) return 'network'
  if (values[sender + side.RESUMED_LATE] >= LATE_SHARE * values[sender + side.RESUMES]) return 'sending application'
  const isFarBelow = values[sender + side.MOST_IN_FLIGHT] * 2 < values[receiver + side.GREATEST]
  return isScaleKnown && isFarBelow ? 'window of the sender' : 'nothing in particular'
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
