import { type Evidence, MOST_NAMED_FRAMES } from '../../finding.ts'
import { withNumber } from './short-list.ts'

const MOST_LISTED = 50

/** Frames that prove something: their number, and the thousand smallest in ascending order. */
export interface EvidenceFrames {
  frames: number[]
  total: number
}

export function newEvidence(): EvidenceFrames {
  return { frames: [], total: 0 }
}

/** Adds a frame: O(1) when it is larger than those before, as most are; one that is told late goes where it belongs. */
export function addFrame(evidence: EvidenceFrames, frame: number): void {
  const { frames } = evidence
  evidence.total++
  if (frames.length === 0 || frame > frames[frames.length - 1]) {
    if (frames.length < MOST_NAMED_FRAMES) evidence.frames = withNumber(frames, frame)
  } else {
    frames.splice(placeOf(frames, frame), 0, frame)
    if (frames.length > MOST_NAMED_FRAMES) frames.pop()
  }
}

/** Index of the first of ascending frames that is not smaller. */
function placeOf(frames: readonly number[], frame: number): number {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (frames[middle] < frame) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds the frames of `from`; commutative and associative. */
export function mergeEvidence(into: EvidenceFrames, from: EvidenceFrames): void {
  into.total += from.total
  into.frames = [...into.frames, ...from.frames].sort((a, b) => a - b).slice(0, MOST_NAMED_FRAMES)
}

export function toEvidence(evidence: EvidenceFrames): Evidence {
  return { frames: evidence.frames.slice(0, MOST_LISTED), total: evidence.total }
}
