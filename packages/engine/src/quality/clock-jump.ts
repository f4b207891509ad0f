import type { Segment } from '../tcp/segment.ts'
import {
  type ConnectionMemory,
  FIRST_TIME,
  FIRST_TIMESTAMP,
  HAS_TIMESTAMP,
  JUMP_DIRECTION,
  JUMP_NS,
  JUMP_TIME,
  LAST_TIME,
  LAST_TIMESTAMP,
  SIDE,
  SIDE_DOUBLES,
} from './connection-memory.ts'
import type { QualityCounts } from './counts.ts'

/** Ticks from which the clock of a sender is known well enough. */
const LEAST_TICKS = 10
/** Bounds of a tick (RFC 7323 §5.4), with room for clocks that are off. */
const LEAST_TICK_NS = 0.5e6
const LONGEST_TICK_NS = 1.1e9
/** Most that both sides' measures of one jump may differ. */
const TOLERANCE = 0.25

/**
 * Compares the capture's clock with those of both senders, by the timestamps of TCP (RFC 7323). A pause that neither of them knows of
 * is a jump of the capture's clock; one that only the far side does not know of is the network's. Cheap but for pauses of at least
 * `leastJumpNs`.
 */
export function compareClocks(
  counts: QualityCounts,
  memory: ConnectionMemory,
  record: number,
  segment: Segment,
  timeNs: number,
  leastJumpNs: number,
): void {
  const { values } = memory
  const side = record + SIDE + segment.direction * SIDE_DOUBLES
  const timestamp = segment.timestampValue
  const pauseNs = timeNs - values[side + LAST_TIME]
  if (values[side + HAS_TIMESTAMP] !== 0 && pauseNs >= leastJumpNs) {
    const jumpNs = pauseNs - sendersPauseNs(values, side, timestamp)
    if (jumpNs >= leastJumpNs && jumpNs >= pauseNs / 2) {
      confirmJump(counts, values, record, segment.direction, side, timeNs, jumpNs)
      values[side + HAS_TIMESTAMP] = 0
    }
  }
  if (values[side + HAS_TIMESTAMP] === 0) {
    values[side + HAS_TIMESTAMP] = 1
    values[side + FIRST_TIME] = timeNs
    values[side + FIRST_TIMESTAMP] = timestamp
  }
  values[side + LAST_TIME] = timeNs
  values[side + LAST_TIMESTAMP] = timestamp
}

/** The longest that the sender can have paused, at the pace its timestamps had before; infinite while that is not known. */
function sendersPauseNs(values: Float64Array, side: number, timestamp: number): number {
  const ticksBefore = (values[side + LAST_TIMESTAMP] - values[side + FIRST_TIMESTAMP]) | 0
  const beforeNs = values[side + LAST_TIME] - values[side + FIRST_TIME]
  const ticks = (timestamp - values[side + LAST_TIMESTAMP]) | 0
  // each difference is up to a tick away from the truth
  const tickNs = beforeNs / (ticksBefore - 1)
  const isKnown = ticksBefore >= LEAST_TICKS && tickNs >= LEAST_TICK_NS && tickNs <= LONGEST_TICK_NS
  return isKnown && ticks >= 0 ? (ticks + 1) * tickNs : Number.POSITIVE_INFINITY
}

/** A jump counts when the other side tells of the same: as long, and within the same pause. */
function confirmJump(
  counts: QualityCounts,
  values: Float64Array,
  record: number,
  direction: number,
  side: number,
  timeNs: number,
  jumpNs: number,
): void {
  const isOther = values[record + JUMP_NS] > 0 && values[record + JUMP_DIRECTION] !== direction
  const otherNs = values[record + JUMP_NS]
  const isSamePause = values[side + LAST_TIME] < values[record + JUMP_TIME]
  if (isOther && isSamePause && Math.abs(otherNs - jumpNs) <= TOLERANCE * Math.max(otherNs, jumpNs)) {
    counts.forwardJumps++
    counts.greatestJumpNs = Math.max(counts.greatestJumpNs, Math.round(Math.min(otherNs, jumpNs)))
    values[record + JUMP_NS] = 0
    return
  }
  values[record + JUMP_DIRECTION] = direction
  values[record + JUMP_TIME] = timeNs
  values[record + JUMP_NS] = jumpNs
}
