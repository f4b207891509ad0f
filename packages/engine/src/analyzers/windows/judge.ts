import type { Flow } from '../../flow/flow.ts'
import { addIncident } from '../support/concluding.ts'
import { addFrame } from '../support/evidence-frames.ts'
import { savedByDoubling, type WindowSide } from './side.ts'
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
  receiver: WindowSide,
  sender: WindowSide,
  closedFrames: readonly number[],
  bulkBytes: number,
): void {
  if (!receiver.isAdvertised) return
  totals.sides++
  if (receiver.isUnscaled) totals.unscaledSides++
  if (receiver.isSmall) totals.smallSides++
  totals.zeroWindows += receiver.zeroWindows
  totals.closedNs += receiver.closedNs
  if (receiver.zeroWindows > 0) addClosed(totals, flow, direction, receiver, closedFrames)
  const payloadBytes = flow.payloadBytes(direction ^ 1)
  const segments = sender.dataSegments
  if (payloadBytes < bulkBytes || segments < LEAST_SEGMENTS) return
  const limit = limitOf(receiver, sender, segments)
  addTransfer(totals, {
    stream: flow.number,
    firstFrame: sender.firstDataFrame,
    sender: flow.address(direction ^ 1),
    senderPort: flow.port(direction ^ 1),
    receiver: flow.address(direction),
    receiverPort: flow.port(direction),
    payloadBytes,
    durationNs: Math.max(0, sender.lastDataNs - sender.firstDataNs),
    leastWindowBytes: receiver.leastBytes,
    greatestWindowBytes: receiver.greatestBytes,
    isScaleKnown: !receiver.isUnscaled,
    mostInFlightBytes: sender.mostInFlight,
    zeroWindows: receiver.zeroWindows,
    closedNs: receiver.closedNs,
    fullRatio: rounded(sender.resumedFull / Math.max(1, sender.resumes)),
    lateRatio: rounded(sender.resumedLate / Math.max(1, sender.resumes)),
    resentRatio: rounded(sender.resent / segments),
    limit,
  })
  if (limit === 'receiver' && receiver.zeroWindows === 0) addSmall(totals, flow, direction, receiver, sender)
}

function addClosed(
  totals: WindowTotals,
  flow: Flow,
  direction: number,
  receiver: WindowSide,
  frames: readonly number[],
): void {
  const closed = closedOf(totals, flow.address(direction))
  if (closed === null) return
  const closedNs = receiver.closedNs
  closed.count++
  closed.connections++
  closed.costNs += closedNs
  closed.longestNs = Math.max(closed.longestNs, closedNs)
  closed.longestClosedNs = Math.max(closed.longestClosedNs, receiver.longestClosedNs)
  closed.segments += receiver.zeroWindows
  for (const frame of frames) addFrame(closed.frames, frame)
}

/** A window that the sender filled again and again though it was never closed: it is too small for the round trip. */
function addSmall(totals: WindowTotals, flow: Flow, direction: number, receiver: WindowSide, sender: WindowSide): void {
  const small = smallOf(totals, flow.address(direction))
  if (small === null) return
  const sendingNs = Math.max(0, sender.lastDataNs - sender.firstDataNs)
  addIncident(small, savedByDoubling(sendingNs, sender.resumedFull / sender.resumes), sender.firstDataFrame)
  const meanBytes = Math.round(receiver.windowSumBytes / sender.dataSegments)
  small.greatestMeanBytes = Math.max(small.greatestMeanBytes, meanBytes)
  small.resumedFull += sender.resumedFull
  small.resumes += sender.resumes
  small.rttNs = Math.max(small.rttNs, flow.initialRttNs)
}

/**
 * What held the sender back. A window that was full or closed is the receiver's doing; segments sent again are the network's; a sender
 * that mostly went on late had nothing to send before; one that stayed far below the window without loss used a window of its own.
 */
function limitOf(receiver: WindowSide, sender: WindowSide, segments: number): Limit {
  const durationNs = sender.lastDataNs - sender.firstDataNs
  const isScaleKnown = !receiver.isUnscaled
  if (receiver.closedNs >= CLOSED_SHARE * durationNs && receiver.zeroWindows > 0) return 'receiver'
  if (isScaleKnown && sender.resumedFull >= FULL_SHARE * sender.resumes) return 'receiver'
  if (sender.resent >= RESENT_SHARE * segments) return 'network'
  if (sender.resumedLate >= LATE_SHARE * sender.resumes) return 'sending application'
  const isFarBelow = sender.mostInFlight * 2 < receiver.greatestBytes
  return isScaleKnown && isFarBelow ? 'window of the sender' : 'nothing in particular'
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
