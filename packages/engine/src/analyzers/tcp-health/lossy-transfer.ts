import type { Flow } from '../../flow/flow.ts'
import { LOSS_AFTER_CAPTURE, LOSS_BEFORE_CAPTURE } from '../../tcp/loss.ts'
import type { SideHealth } from './connection-health.ts'

/** From so many bytes, lost segments and share of them on, loss may have held a transfer back. */
const LEAST_BYTES = 100_000
const LEAST_LOST = 3
const LEAST_SHARE = 0.01
/** A segment of the path, however many of them the sender hands to its network card at once. */
const MOST_SEGMENT_BYTES = 1460
/** √(3/2): periodic loss, every segment acknowledged (Mathis, Semke, Mahdavi, Ott 1997). */
const MATHIS = Math.sqrt(1.5)
/** A transfer at less than this part of what loss allows was held back by something else. */
const NEAR_SHARE = 0.5

/** One direction of a connection that carried much and lost segments. */
export interface LossyTransfer {
  stream: number
  sender: string
  receiver: string
  payloadBytes: number
  bitsPerSecond: number
  /** What its share of lost segments allows at its round trip. */
  boundBitsPerSecond: number
  lost: number
  segments: number
  rttNs: number
}

/** What `side` lost of the bulk it sent in `direction`; null when it was no bulk, hardly any was lost, or the round trip is not known. */
export function lossyTransfer(flow: Flow, direction: number, side: SideHealth): LossyTransfer | null {
  const payloadBytes = flow.payloadBytes(direction)
  const segments = flow.dataFrames(direction)
  const lost = side.losses[LOSS_BEFORE_CAPTURE] + side.losses[LOSS_AFTER_CAPTURE]
  const durationNs = flow.lastTimeNs - flow.firstTimeNs
  const rttNs = flow.initialRttNs
  if (payloadBytes < LEAST_BYTES || lost < LEAST_LOST || lost < LEAST_SHARE * segments) return null
  if (durationNs <= 0 || rttNs <= 0) return null
  const segmentBytes = Math.min(MOST_SEGMENT_BYTES, payloadBytes / segments)
  return {
    stream: flow.number,
    sender: flow.address(direction),
    receiver: flow.address(direction ^ 1),
    payloadBytes,
    bitsPerSecond: Math.round((payloadBytes * 8e9) / durationNs),
    boundBitsPerSecond: Math.round(((segmentBytes * 8e9) / rttNs) * (MATHIS / Math.sqrt(lost / segments))),
    lost,
    segments,
    rttNs,
  }
}

/** The transfer that carried more, or of two equal ones that which came first. */
export function largerTransfer(one: LossyTransfer | null, other: LossyTransfer | null): LossyTransfer | null {
  if (one === null || other === null) return one ?? other
  if (one.payloadBytes !== other.payloadBytes) return one.payloadBytes > other.payloadBytes ? one : other
  if (one.stream !== other.stream) return one.stream < other.stream ? one : other
  return one.lost >= other.lost ? one : other
}

/** Whether the transfer was as fast as its losses let it be. */
export function isHeldBack({ bitsPerSecond, boundBitsPerSecond }: LossyTransfer): boolean {
  return bitsPerSecond >= NEAR_SHARE * boundBitsPerSecond
}
