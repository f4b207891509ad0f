import type { Segment } from '../tcp/segment.ts'
import { type ConnectionMemory, JUMP_DIRECTION, JUMP_NS, JUMP_TIME } from './connection-memory.ts'
import type { QualityCounts } from './counts.ts'

/** Most that both sides' measures of one jump may differ. */
const TOLERANCE = 0.25

/**
 * Takes a segment whose sender's timestamps (RFC 7323) know nothing of the pause before it. A pause that neither side knows of is a jump
 * of the capture's clock; one that only the far side does not know of is the network's.
 */
export function takeClockJump(counts: QualityCounts, memory: ConnectionMemory, segment: Segment, timeNs: number): void {
  const { pausedSinceNs, jumpNs } = segment.told
  const record = memory.at(segment.connection)
  confirmJump(counts, memory.values, record, segment.direction, pausedSinceNs, timeNs, jumpNs)
}

/** A jump counts when the other side tells of the same: as long, and within the same pause. */
function confirmJump(
  counts: QualityCounts,
  values: Float64Array,
  record: number,
  direction: number,
  lastTimeNs: number,
  timeNs: number,
  jumpNs: number,
): void {
  const isOther = values[record + JUMP_NS] > 0 && values[record + JUMP_DIRECTION] !== direction
  const otherNs = values[record + JUMP_NS]
  const isSamePause = lastTimeNs < values[record + JUMP_TIME]
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
